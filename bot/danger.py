"""Signs of danger in what a citizen says, and whom to call, before anything else is done.

Needs neither the engine nor the knowledge base nor the network: `danger.yml` lists the signs, and
`responses/<language>.yml` the words of the reply. Signs and text meet in one phonetic key, so that
«θέλω να πεθάνω», `thelo na pethano` and `8elw na pe8anw` are the same sign.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from bot import danger_learnt

_HERE: Final = Path(__file__).parent
_GAP: Final = r"(?:\w+ ){0,4}"
_NEAR: Final = r"(?:\w+ ){0,2}"


@dataclass(frozen=True)
class Contact:
    """A telephone number to call in Greece, and who answers it."""

    number: str
    name: str


@dataclass(frozen=True)
class Reply:
    """What to tell a citizen in danger: the text, and the numbers in the order to call them."""

    text: str
    contacts: tuple[Contact, ...]


def detect(text: str) -> str | None:
    """Return the kind of danger that `text` (Greek, Greeklish or English) tells of, or None.

    The kinds are the keys of `danger.yml`, the most urgent first: the first that matches is given.
    Where none does, the learnt model is asked, unless the text has an `administrative` word.
    """
    signs = _signs()
    telling = signs.harmless.sub(" | ", keyed(text))
    administrative = signs.administrative.search(telling) is not None
    for kind in signs.kinds:
        if kind.certain.search(telling) or (not administrative and kind.likely.search(telling)):
            return kind.name
    if administrative:
        return None
    return danger_learnt.model().detect(telling)


def reply(kind: str, language: str) -> Reply:
    """Return the reply for a `kind` that `detect` gave, in `language`.

    Greeklish is answered in Greek, a language without a text of its own in English. An unknown kind
    gets the general emergency numbers.
    """
    numbers = _definitions()["kinds"]
    kind = kind if kind in numbers else "general"
    texts = _texts(language)
    names = texts["contacts"]
    contacts = tuple(Contact(number, names[number]) for number in numbers[kind]["contacts"])
    return Reply(texts["replies"][kind], contacts)


# --- signs ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Kind:
    name: str
    certain: re.Pattern[str]
    likely: re.Pattern[str]


@dataclass(frozen=True)
class _Signs:
    kinds: tuple[_Kind, ...]
    harmless: re.Pattern[str]
    administrative: re.Pattern[str]


@cache
def _definitions() -> dict[str, Any]:
    with (_HERE / "danger.yml").open(encoding="utf-8") as file:
        definitions: dict[str, Any] = yaml.safe_load(file)
    return definitions


@cache
def _signs() -> _Signs:
    definitions = _definitions()
    return _Signs(
        kinds=tuple(
            _Kind(name, _compile(kind["certain"]), _compile(kind.get("likely", [])))
            for name, kind in definitions["kinds"].items()
        ),
        harmless=_compile(definitions["harmless"]),
        administrative=_compile(definitions["administrative"]),
    )


def _compile(signs: list[str]) -> re.Pattern[str]:
    """One pattern of many signs; the notation is explained at the head of `danger.yml`."""
    return re.compile("|".join(map(_sign_pattern, signs)) or r"(?!)")


def _sign_pattern(sign: str) -> str:
    terms = sign.split()
    pattern = "^ " if terms[0] == "^" else "(?<= )"
    for term in terms[1:] if terms[0] == "^" else terms:
        pattern += _term_pattern(term)
    return f"(?:{pattern})"


def _term_pattern(term: str) -> str:
    if term == "..":
        return _GAP
    if term == "$":
        return r"(?=$|\|)"
    if term.startswith("!"):
        return f"(?!{_NEAR}{_words_pattern(term[1:])} )"
    if term.endswith("?"):
        return f"(?:{_words_pattern(term[:-1])} )?"
    return f"{_words_pattern(term)} "


def _words_pattern(term: str) -> str:
    words = (
        _key(_fold(word.rstrip("*"))) + (r"\w*" if word.endswith("*") else "")
        for word in term.split("/")
    )
    return f"(?:{'|'.join(words)})"


# --- the phonetic key -----------------------------------------------------------------------------

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


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in plain if not unicodedata.combining(c)).replace("ς", "σ")


@lru_cache(maxsize=20_000)
def _key(word: str) -> str:
    """The sound of one folded word, the same for Greek and Greeklish."""
    if word.isdigit():
        return word
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return _DOUBLED.sub(r"\1", word.translate(_LETTERS))


def keyed(text: str) -> str:
    """Keyed words between single spaces, with `|` where a sentence ends."""
    tokens = _TOKEN.findall(_APOSTROPHE.sub("", _fold(text)))
    keys = (_key(token) if token[0].isalnum() or token[0] == "_" else "|" for token in tokens)
    return f" {' '.join(keys)} "


# --- replies --------------------------------------------------------------------------------------


@cache
def _texts(language: str) -> dict[str, Any]:
    """The `danger` section of a language's texts."""
    language = "el" if language.startswith("el") else language
    path = _HERE / "responses" / f"{language}.yml"
    if re.fullmatch(r"[a-z]{2}", language) and path.is_file():
        with path.open(encoding="utf-8") as file:
            texts: dict[str, Any] = (yaml.safe_load(file) or {}).get("danger") or {}
        if texts:
            return texts
    return _texts("en")
