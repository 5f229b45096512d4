import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa.nlg import LanguageResponses, texts

ROOT = Path(__file__).parents[2]
GREEK = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def placeholders(variations: list[dict[str, Any]]) -> list[set[str]]:
    return [set(PLACEHOLDER.findall(variation["text"])) for variation in variations]


def payloads(variations: list[dict[str, Any]]) -> list[list[str]]:
    return [[b["payload"] for b in variation.get("buttons", ())] for variation in variations]


@pytest.mark.parametrize("language", ["en"])
class TestTranslation:
    def test_has_the_same_responses(self, language: str) -> None:
        assert texts(language).keys() == GREEK.keys()

    @pytest.mark.parametrize("key", sorted(GREEK))
    def test_has_the_same_placeholders_buttons_and_channels(self, language: str, key: str) -> None:
        original, translated = GREEK[key], texts(language)[key]
        assert placeholders(translated) == placeholders(original)
        assert payloads(translated) == payloads(original)
        assert [v.get("channel") for v in translated] == [v.get("channel") for v in original]


@pytest.mark.parametrize("key", ["utter_greet", "utter_thank"])
def test_greetings_and_thanks_vary(key: str) -> None:
    assert len([v for v in GREEK[key] if "channel" not in v]) >= 2


def say(
    response: str, heard: str | None, channel: str = "web", slot: str | None = None, **kwargs: Any
) -> dict[str, Any]:
    domain = Domain.from_dict(
        {
            "slots": {"language": {"type": "text", "mappings": [{"type": "custom"}]}},
            "responses": GREEK,
        }
    )
    events = [UserUttered("…", metadata={"language": heard}), SlotSet("language", slot)]
    tracker = DialogueStateTracker.from_events("c1", events, domain.slots)
    responses = LanguageResponses(domain=domain)
    said = asyncio.run(responses.generate(response, tracker, channel, **kwargs))
    assert said is not None
    return said


@pytest.mark.parametrize(
    ("language", "spoken"), [("el", "el"), ("el-Latn", "el"), ("en", "en"), ("fr", "en")]
)
def test_a_response_is_in_the_language_of_the_message(language: str, spoken: str) -> None:
    said = say("utter_goodbye", language)
    expected = GREEK["utter_goodbye"] if spoken == "el" else texts("en")["utter_goodbye"]
    assert (said["language"], said["text"]) == (spoken, expected[0]["text"])


def test_the_remembered_language_is_used_where_the_message_names_none() -> None:
    assert say("utter_goodbye", None, slot="en")["language"] == "en"


def test_an_action_can_name_the_language() -> None:
    assert say("utter_goodbye", "el", language="en")["language"] == "en"


def test_the_outcome_of_a_translation_is_that_of_the_original() -> None:
    assert say("utter_out_of_scope", "en")["custom"] == GREEK["utter_out_of_scope"][0]["custom"]


def test_a_channel_with_its_own_wording_gets_it() -> None:
    [voice] = [v for v in texts("en")["utter_help"] if v.get("channel") == "voice"]
    assert say("utter_help", "en", channel="voice")["text"] == voice["text"]


def test_other_channels_never_get_the_wording_of_one() -> None:
    assert say("utter_help", "en", channel="web")["buttons"]


def test_placeholders_are_filled() -> None:
    assert "1234 5678" in say("utter_handed_over", "en", case="1234 5678")["text"]
