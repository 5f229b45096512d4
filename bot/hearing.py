"""What a citizen's message says, before anybody is asked for a reply to it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Protocol

from bot import danger
from bot.errors import InvalidRequest
from bot.redaction import redact
from bot.texts import Texts

PINNED_WORDS = 3
"""Words of another language in the same script that overrule a chosen language."""

_SPACE = re.compile(r"[^\S\n]")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_FEEDBACK = re.compile(r'/give_feedback_on_procedure\{"procedure":"[\w-]{1,64}"\}')
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")


class Identifier(Protocol):
    """Tells the language of a text."""

    def identify(self, text: str, fallback: str) -> str:
        """`el`, `en`, `el-Latn` …, or `fallback` where the text does not show it."""


@dataclass(frozen=True)
class Heard:
    """A citizen's message, read."""

    text: str
    """As it is stored: without personal numbers."""
    to_engine: str
    language: str
    """The language it is written in."""
    reply_in: str
    danger: str | None = None
    """The kind of danger that it tells of."""


class Ear:
    """Reads what citizens write.

    Args:
        texts: knows which languages can be spoken.
        identifier: tells the language of a message.
        characters: length of the longest message.
    """

    def __init__(self, texts: Texts, identifier: Identifier, characters: int) -> None:
        self._texts = texts
        self._identifier = identifier
        self._characters = characters

    def clean(self, text: str) -> str:
        """The text as people see it: no control characters, no slash-payload of Rasa's.

        Raises:
            InvalidRequest: nothing is left, or too much.
        """
        shown = _CONTROL.sub("", _SPACE.sub(" ", text))
        words = unicodedata.normalize("NFC", shown).lstrip("/ \n").strip()
        if not any(unicodedata.category(letter)[0] not in "CZM" for letter in words):
            raise InvalidRequest("text_empty")
        if len(words) > self._characters:
            raise InvalidRequest("text_too_long", characters=self._characters)
        return words

    def hear_text(self, words: str, spoken: str, pinned: bool) -> Heard:
        """Reads clean words.

        Args:
            spoken: the language of the conversation so far.
            pinned: whether the citizen chose it with a control.
        """
        text = redact(words)
        language = self._identifier.identify(text, spoken)
        reply_in = self._texts.spoken(language) or spoken
        if pinned and reply_in != spoken and not _clear(text):
            reply_in = spoken
        return Heard(text, text, language, reply_in, danger.detect(words))


def offers_feedback(payload: str | None) -> bool:
    """Whether it is the press that every answer card offers: feedback on its procedure."""
    return payload is not None and bool(_FEEDBACK.fullmatch(payload))


def hear_button(payload: str | None, title: str | None, spoken: str) -> Heard:
    """Reads the press of a button.

    Args:
        title: what stood on it; `None` where it was not issued in this conversation.
        spoken: the language of the conversation.

    Raises:
        InvalidRequest: it was not issued in this conversation.
    """
    if payload is None or title is None:
        raise InvalidRequest("payload_not_issued")
    return Heard(title, payload, spoken, spoken)


def _clear(text: str) -> bool:
    """Whether a text says enough to overrule a language that was chosen."""
    return bool(_GREEK.search(text)) or len(text.split()) >= PINNED_WORDS
