"""What the intent classifier sees of a message: words and letter groups, by sound."""

from __future__ import annotations

from itertools import pairwise

from knowledge_base import text

LONGEST_MESSAGE = 60
"""Words of a message that are looked at; the need is said by then."""


def features(message: str) -> list[str]:
    """Stems, pairs of neighbouring words, and the letter groups of each word.

    All are written by sound, so that Greek with and without accents and Greeklish share them.
    """
    words = text.words(text.greek_letters(message))[:LONGEST_MESSAGE]
    sounds = [text.phonetic_word(word) for word in words]
    found = [f"w {text.stem(word)}" for word in words]
    found += [f"p {first} {second}" for first, second in pairwise(["^", *sounds, "$"])]
    for sound in sounds:
        found += letter_groups(sound)
    return found


def letter_groups(word: str) -> list[str]:
    """Groups of three to five letters of a word with its ends marked."""
    marked = f"^{word}$"
    return [
        marked[start : start + size]
        for size in (3, 4, 5)
        for start in range(max(1, len(marked) - size + 1))
    ]
