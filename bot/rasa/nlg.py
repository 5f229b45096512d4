"""Chooses the wording of a response by language and channel.

Greek is in the domain; every other language in `bot/responses/<language>.yml`, section `engine`.
"""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

Variations = dict[str, list[dict[str, Any]]]

RESPONSES = Path(__file__).parents[1] / "responses"
ORIGINAL = "el"
HEARD, HEARD_ON = "voice", ("voice", "phone")
"""The channel that texts to be heard are written for, and those on which they are."""
COMMON = "en"
"""What is spoken with those whose language has no texts."""


class LanguageResponses(TemplatedNaturalLanguageGenerator):  # type: ignore[misc]
    """Rasa's templated responses, in the citizen's language.

    The language is that of the message (`metadata.language`), else the slot `language`, else Greek.
    """

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None):
        super().__init__(domain.responses if domain else {})

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """One wording of the response, with the language it is in; `None` if there is none.

        A keyword `language` overrides that of the message.
        """
        wanted = kwargs.pop("language", None) or language_of(tracker)
        language, variations = self._variations(utter_action, wanted)
        if not variations:
            return None
        channel = HEARD if output_channel in HEARD_ON else output_channel
        fitting = [v for v in variations if v.get("channel") == channel] or [
            v for v in variations if "channel" not in v
        ]
        chosen = random.choice(fitting)  # noqa: S311 - wording only
        text = self._fill_response({"text": chosen["text"]}, **kwargs)
        return {**chosen, **text, "language": language}

    def _variations(self, response: str, wanted: str) -> tuple[str, list[dict[str, Any]]]:
        original = self.responses.get(response, [])
        language = spoken(wanted)
        if language == ORIGINAL:
            return language, original
        translated = texts(language).get(response)
        if not original or translated is None:
            return ORIGINAL, original
        outcome = {"custom": original[0]["custom"]} if "custom" in original[0] else {}
        return language, [{**outcome, **v} for v in translated]


def language_of(tracker: DialogueStateTracker) -> str:
    """The language to answer in, as a code of the front door's (`el-Latn` included)."""
    said = (tracker.latest_message.metadata or {}) if tracker.latest_message else {}
    return str(said.get("language") or tracker.get_slot("language") or ORIGINAL)


def spoken(language: str) -> str:
    """The language of the texts for a language of a message: Greeklish is answered in Greek."""
    code = language.split("-")[0]
    return code if code == ORIGINAL or texts(code) else COMMON


@cache
def texts(language: str) -> Variations:
    """The engine's texts in a language other than Greek; empty if there are none."""
    path = RESPONSES / f"{language}.yml"
    if not path.is_file():
        return {}
    return yaml.safe_load(path.read_text(encoding="utf-8")).get("engine") or {}
