"""Words as people write them, brought to forms in which they meet.

`fold` forgets case, accents and the final sigma. `phonetic` writes Greek, and Greek in Latin
letters (Greeklish), by sound, so that «ταυτότητα», «ταφτότιτα» and `taftotita` come close.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"[^\W_]+")
_ABBREVIATION = re.compile(r"(?<![\w.])(?:[^\W\d_]{1,2}\.){2,}(?:[^\W\d_]{1,2}\b(?!\.\w))?")
_LATIN_LOOK_ALIKES = str.maketrans("ABEZHIKMNOPTYXabehikmnoptuxv", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεηικμνορτυχν")
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
_LATIN = re.compile(r"[A-Za-z]")


_UNDIVIDED = {
    "ς": "σ", "ı": "i", "ł": "l", "đ": "d", "ø": "o", "ħ": "h", "ß": "ss", "æ": "ae", "œ": "oe",
    "þ": "th", "ð": "d",
}  # fmt: skip
"""Letters that no normal form takes apart."""


def _without_marks(character: str) -> str:
    plain = unicodedata.normalize("NFD", character)
    return "".join(_UNDIVIDED.get(c, c) for c in plain if not unicodedata.combining(c))


_ALPHABETS = range(0x3000)
"""Code points up to the last alphabet with accents; those after it have none to lose."""
_PLAIN = {code: _without_marks(chr(code)) for code in _ALPHABETS}
_PLAIN = {code: plain for code, plain in _PLAIN.items() if plain != chr(code)}


def fold(text: str) -> str:
    """Lower case without accents; the final sigma becomes σ."""
    return text.lower().translate(_PLAIN)


def words(text: str) -> list[str]:
    """The words and numbers of a text, folded, in order; «Δ.Ο.Υ.» is one word."""
    folded = fold(text)
    if "." in folded:
        folded = _ABBREVIATION.sub(_without_dots, folded)
    return WORD.findall(folded)


def _without_dots(match: re.Match[str]) -> str:
    return match.group().replace(".", "")


def greek_letters(text: str) -> str:
    """Mends Greek words with Latin look-alike letters in them («Aίτηση» with a Latin A)."""
    return WORD.sub(_mend, text)


def _mend(match: re.Match[str]) -> str:
    word = match.group()
    if _GREEK.search(word) and _LATIN.search(word):
        return word.translate(_LATIN_LOOK_ALIKES)
    return word


_VOWELS = "aeiou"
_ENDINGS = frozenset(_VOWELS + "аеиіоуыэюяьъ" + "აეიოუს")
"""Letters dropped at the end of a stem: vowels of the three alphabets that have them there."""
_ARABIC_ARTICLE = re.compile(r"^(?:وال|بال|كال|فال|لل|ال)(?=...)")
_GREEK_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ου", "u"),
        ("αι", "e"),
        ("[εου]ι", "i"),
        ("αυ(?=[θκξπσστφχψ]|$)", "af"),
        ("αυ", "ab"),
        ("ευ(?=[θκξπσστφχψ]|$)", "ef"),
        ("ευ", "eb"),
        ("ηυ", "ib"),
        ("μπ", "b"),
        ("ντ", "d"),
        ("γ[γκ]", "g"),
        ("κσ", "x"),
        ("πσ", "ps"),
    )
]
_GREEK_LETTERS = str.maketrans(
    {**dict(zip("αβγδεζηθικλμνξοπρστυφχω", "abgdezitiklmnxoprstifxo", strict=True)), "ψ": "ps"}
)
_LATIN_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("(?<=[a-z])8|8(?=[a-z])", "t"),
        ("(?<=[a-z])3|3(?=[a-z])", "x"),
        ("nt(?!h)", "d"),
        ("^thr", "tr"),
        ("(?<=[^aeiouwy])thr", "tr"),
        ("(?<=[dgkptx])h(?=[bcdfgklmnpqrstvxz]|$)", "i"),
        ("th", "t"),
        ("[ck]h|ks", "x"),
        ("ph", "f"),
        ("(?<=[dg])h", ""),
        ("o[uy]", "U"),
        ("ai", "e"),
        ("[eo]i", "i"),
        ("a[uy](?=[tkxpsf8c]|$)", "af"),
        ("a[uy](?=.)", "ab"),
        ("e[uy](?=[tkxpsf8c]|$)", "ef"),
        ("e[uy](?=.)", "eb"),
        ("mp|v", "b"),
        ("gg|gk|ng", "g"),
        ("^h(?=[rt])|h(?=[aeouyw])", "x"),
        ("[hyu]", "i"),
        ("U", "u"),
        ("w", "o"),
        ("[cq]", "k"),
        ("j", "z"),
    )
]
_DOUBLED = re.compile(r"(.)\1+")


def phonetic(text: str) -> str:
    """The sound of a text in a small Latin alphabet, the same for Greek and Greeklish."""
    return " ".join(phonetic_word(word) for word in words(text))


@lru_cache(maxsize=50_000)
def phonetic_word(word: str) -> str:
    """The sound of one folded word; digits stay."""
    if word.isdigit():
        return word
    if _GREEK.search(word):
        for pattern, sound in _GREEK_SOUNDS:
            word = pattern.sub(sound, word)
        word = word.translate(_GREEK_LETTERS)
    else:
        for pattern, sound in _LATIN_SOUNDS:
            word = pattern.sub(sound, word)
    return _DOUBLED.sub(r"\1", word)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A folded word's sound without its ending, so that inflections meet; three letters or more."""
    sound = phonetic_word(word)
    if sound.isdigit():
        return sound
    if len(sound) > 3 and sound[-1] in "sn" and (sound[-2] in _VOWELS or len(sound) > 5):
        sound = sound[:-1]
    while len(sound) > 3 and sound[-1] in _ENDINGS:
        sound = sound[:-1]
    return _ARABIC_ARTICLE.sub("", sound)


def is_greek(text: str) -> bool:
    """Whether most letters are Greek."""
    greek, latin = len(_GREEK.findall(text)), len(_LATIN.findall(text))
    return greek > latin
