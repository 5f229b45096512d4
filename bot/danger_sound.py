"""One phonetic key for Greek and Greeklish: «πεθάνω», `pethano` and `pe8anw` are the same word."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from knowledge_base.text import fold

__all__ = ["fold", "key", "keyed"]

_APOSTROPHE = re.compile("['’ʼ`´]")
_TOKEN = re.compile(r"\w+|[.;!?;…\n|]")
_SOUNDS: Final = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ου|ou", "U"),
        ("αι|ai", "e"),
        ("[εουeo][ιi]|[οω]η", "i"),
        ("(?:α[υβ]|a[uvf])(?=[τκξπστφχθtkxpfs8])", "af"),
        ("(?:ε[υβ]|e[uvf])(?=[τκξπστφχθtkxpfs8])", "ef"),
        ("(?:αυ|au)", "ab"),
        ("(?:ευ|eu)", "eb"),
        ("μπ|mp", "b"),
        ("ντ|nt", "d"),
        ("γ[γκ]|g[gk]|ng", "g"),
        ("th", "t"),
        ("ph(?=[rtx])", "pi"),
        ("ph", "f"),
        ("[ck]h|κσ|ks", "x"),
        ("ps", "ps"),
        ("^h(?=[rtl])|h(?=[aeouwyi])", "x"),
        ("8", "t"),
        ("3", "x"),
    )
]
_LETTERS: Final = str.maketrans(
    dict(
        zip(
            "αβγδεζηθικλμνξοπρστυφχω" + "hyuvcqjwU",
            "abgdezitiklmnxoprstifxo" + "iiibkkzou",
            strict=True,
        )
    )
    | {"ψ": "ps"}
)
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=20_000)
def key(word: str) -> str:
    """The sound of one folded word, the same for Greek and Greeklish."""
    if word.isdigit():
        return word
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return _DOUBLED.sub(r"\1", word.translate(_LETTERS))


def keyed(text: str) -> str:
    """Keyed words between single spaces, with `|` where a sentence ends."""
    tokens = _TOKEN.findall(_APOSTROPHE.sub("", fold(text)))
    keys = (key(token) if token[0].isalnum() or token[0] == "_" else "|" for token in tokens)
    return f" {' '.join(keys)} "
