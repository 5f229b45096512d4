"""The texts that the front door itself says, from `bot/responses/<language>.yml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

# libyaml reads the same ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
RESPONSES = Path(__file__).parent / "responses"
# fmt: off
LANGUAGES = frozenset((
    "el", "en", "bg", "cs", "da", "de", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv",
    "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv", "sq", "uk", "ru", "ar", "tr", "ka",
))
# fmt: on
"""Codes of the languages that a citizen may name, ISO 639-1."""
FALLBACKS = ("en", "el")


def section(name: str, folder: Path = RESPONSES) -> dict[str, dict[str, Any]]:
    """One section of every `<language>.yml` of `folder`, by language."""
    documents = {
        path.stem: yaml.load(path.read_text(encoding="utf-8"), _LOADER) or {}  # noqa: S506
        for path in sorted(folder.glob("*.yml"))
    }
    return {language: document.get(name) or {} for language, document in documents.items()}


class Texts:
    """The front door's texts by language and key."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]], default: str = "el") -> None:
        self._texts = texts
        self._default = default

    @classmethod
    def load(cls, folder: Path = RESPONSES, default: str = "el") -> Texts:
        """Reads the front door's section of every `<language>.yml` of `folder`.

        Args:
            default: the language of those who name none.
        """
        return cls(section("front_door", folder), default)

    def say(self, key: str, language: str, **values: object) -> str:
        """The text of `key` in `language`, in English or Greek where that lacks it.

        Raises:
            KeyError: no language has it.
        """
        for candidate in (language, *FALLBACKS):
            text = self._texts.get(candidate, {}).get(key)
            if text is not None:
                return text.format(**values)
        raise KeyError(key)

    def has(self, key: str) -> bool:
        """Whether any language has a text of that key."""
        return any(key in texts for texts in self._texts.values())

    def spoken(self, code: str) -> str | None:
        """The language to speak with who asks for `code` (`en-GB`, `el-Latn`, `de`).

        English stands in for a language without texts. `None`: no language that we know.
        """
        base = code.strip().lower().replace("_", "-").split("-")[0]
        if base not in LANGUAGES:
            return None
        return base if self._texts.get(base) else FALLBACKS[0]

    def preferred(self, codes: Iterable[str]) -> str:
        """The first of `codes` that can be spoken, or the default language."""
        known = (self.spoken(code) for code in codes)
        return next((language for language in known if language), self._default)
