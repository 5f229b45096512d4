"""The names of procedures, the glossary and the lexicons, language by language."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest

from knowledge_base import content, glossary, names
from knowledge_base.lexicon import FOLDER as LEXICONS
from knowledge_base.lexicon import languages, lexicon
from knowledge_base.procedure import ASPECTS
from knowledge_base.text import phonetic, words

SCRIPTS = {"el": "GREEK", "bg": "CYRILLIC", "ru": "CYRILLIC", "uk": "CYRILLIC"} | {
    "ar": "ARABIC",
    "ka": "GEORGIAN",
}
LONGEST = 12
"""Words of a name: more is a sentence."""
NAMED = sorted(path.stem for path in names.FOLDER.glob("??.yml"))
OTHERS = [language for language in NAMED if language not in ("el", "en")]
GLOSSARIES = sorted(path.stem for path in glossary.FOLDER.glob("??.yml"))


def script(language: str) -> str:
    return SCRIPTS.get(language, "LATIN")


def letters_of(texts: list[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for letter in "".join(texts):
        if letter.isalpha():
            found[unicodedata.name(letter).partition(" ")[0]] += 1
    return found


def called(language: str) -> dict[str, tuple[str, ...]]:
    return {one: found[language] for one, found in names.load().items() if language in found}


def test_most_procedures_asked_for_have_greek_and_english_names() -> None:
    assert len(called("el").keys() & called("en").keys()) >= 3000


@pytest.mark.parametrize("language", OTHERS)
def test_every_shipped_procedure_has_a_title_and_names(language: str) -> None:
    few = [one.id for one in content.load() if len(called(language).get(one.id, ())) < 3]
    assert few == []


@pytest.mark.parametrize("language", NAMED)
def test_no_name_is_there_twice_in_a_procedure(language: str) -> None:
    for one, found in called(language).items():
        sounds = [phonetic(name) for name in found]
        assert len(sounds) == len(set(sounds)), one


@pytest.mark.parametrize("language", NAMED)
def test_names_are_in_the_script_of_their_language(language: str) -> None:
    letters = letters_of([name for found in called(language).values() for name in found])
    assert letters[script(language)] > 0.85 * sum(letters.values())


@pytest.mark.parametrize("language", NAMED)
def test_a_name_is_no_sentence(language: str) -> None:
    long = [name for found in called(language).values() for name in found]
    assert [name for name in long if len(words(name)) > LONGEST] == []


def test_demand_is_from_one_to_five_and_of_every_named_procedure() -> None:
    assert set(names.demand().values()) <= {1, 2, 3, 4, 5}
    assert names.demand().keys() == called("el").keys()


@pytest.mark.parametrize("language", GLOSSARIES)
def test_a_glossary_has_the_concepts_of_the_greek_one(language: str) -> None:
    unknown = glossary.load(language).keys() - glossary.load("el").keys()
    assert unknown == set()


@pytest.mark.parametrize("language", GLOSSARIES)
def test_a_glossary_is_in_the_script_of_its_language(language: str) -> None:
    letters = letters_of([term for terms in glossary.load(language).values() for term in terms])
    assert letters[script(language)] > 0.95 * sum(letters.values())


@pytest.mark.parametrize("language", [one for one in languages() if one not in ("el", "en")])
def test_a_lexicon_tells_every_aspect_but_that_of_all(language: str) -> None:
    assert (LEXICONS / f"{language}.yml").is_file()
    told = {a for phrase in lexicon(language).phrases(language) for a in asked_by(language, phrase)}
    assert told == set(ASPECTS)


def asked_by(language: str, phrase: str) -> tuple[str, ...]:
    return lexicon(language).read(phrase).aspects


def test_a_question_of_another_language_is_read_with_greek_words_beside_its_own() -> None:
    asked = lexicon("fr").read("où demander un permis pour une pharmacie")
    terms = {term for concept in glossary.glossary("fr").read(asked.about) for term in concept}
    assert ("φαρμακειο",) in terms
