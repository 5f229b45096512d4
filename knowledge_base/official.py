"""Official sentences, made fit to be read: the condition taken apart, the length cut.

Nothing is said in other words. What is left out is a reference to a law in brackets, or the end of
a long text; the whole stays one tap away.
"""

from __future__ import annotations

import re

LONGEST = 220
"""Characters up to which a text is shown whole."""
_LEAST = 60
"""Characters that a sentence must have to stand for the whole text."""
_OPENS = r"(?:μόνο )?(?:για|σε περίπτωση|στην περίπτωση|στις περιπτώσεις|εφόσον|αν|εάν|όταν)\b"
_LEADING = re.compile(
    rf"^(?!για τη[νς]? )({_OPENS}[^.,:;·–()]{{3,90}})\s?[,:–]\s*(?=\S)", re.IGNORECASE
)
_TRAILING = re.compile(rf"\s*\(({_OPENS}[^.,:;·()]{{3,90}})\)\s*\.?$", re.IGNORECASE)
_CITATION = re.compile(
    r"\s*\([^()]*\b(?:ν\.|Ν\.|π\.δ\.|Π\.Δ\.|ΠΔ|ΦΕΚ|Φ\.Ε\.Κ|άρθρο|άρθρου|άρθρα|αρθ\.|ΚΥΑ|Υ\.Α\.|ΚΑΝ|Κανονισμ)[^()]*\)"
)
_END = re.compile(r"(\S+)[.;!]\s+(?=[«(]?[A-ZΑ-ΩΆΈΉΊΌΎΏ])")
_ABBREVIATED = frozenset(
    ("αρ", "αριθ", "αρθ", "παρ", "περ", "κεφ", "εδ", "στ", "κα", "κλπ", "πχ", "δηλ", "βλ", "τηλ",
     "υπ", "οδ", "εκ", "χιλ", "no", "art", "par")
)  # fmt: skip
_CLAUSE = re.compile(r"[,·;:]\s|\s[–-]\s")


def take_condition(text: str) -> tuple[str, str]:
    """The condition that a text begins or ends with, and the text without it.

    «Σε περίπτωση συνταξιούχου, απόφαση συνταξιοδότησης» holds in the case of a pensioner. Where
    there is no such clause the condition is empty.
    """
    if match := _LEADING.match(text):
        rest = text[match.end() :]
        return _begun_small(match[1]), rest[0].upper() + rest[1:]
    if match := _TRAILING.search(text):
        rest = text[: match.start()].strip()
        if rest:
            return _begun_small(match[1]), rest
    return "", text


def _begun_small(clause: str) -> str:
    return clause[0].lower() + clause[1:].strip()


def shorten(text: str, longest: int = LONGEST) -> str:
    """The text, or what matters of a longer one, never cut within a word.

    Its first sentences where they are long enough to say something, else up to a pause, and an
    ellipsis.
    """
    if len(text) <= longest:
        return text
    plain = _CITATION.sub("", text)
    if len(plain) <= longest:
        return plain
    told = ""
    for sentence in sentences(plain):
        if len(told) + len(sentence) + 1 > longest:
            break
        told = f"{told} {sentence}".strip()
    if len(told) >= _LEAST:
        return told
    return f"{_up_to_a_pause(plain[:longest])}…"


def sentences(text: str) -> list[str]:
    """The sentences of an official text; a full stop of «παρ. Α» or «Δ.Ο.Υ.» ends none."""
    found, start = [], 0
    for match in _END.finditer(text):
        word = match[1].lstrip("«(").lower()
        if len(word) > 1 and "." not in word and word not in _ABBREVIATED:
            found.append(text[start : match.end()].strip())
            start = match.end()
    return [*found, text[start:].strip()]


def _up_to_a_pause(text: str) -> str:
    pauses = [match.start() for match in _CLAUSE.finditer(text) if match.start() >= _LEAST]
    open_bracket = text.rfind("(")
    if open_bracket > text.rfind(")") and open_bracket >= _LEAST:
        pauses = [place for place in pauses if place < open_bracket] or [open_bracket]
    end = pauses[-1] if pauses else text.rfind(" ")
    return text[:end].rstrip(" ,·;:–-(«")
