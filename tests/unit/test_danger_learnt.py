"""The learnt second opinion on danger, beside the signs."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot import danger_learnt, danger_training
from bot.danger import detect
from bot.danger_features import features
from bot.danger_sound import keyed
from knowledge_base import questions
from tests.conftest import rows

ACCEPTANCE = Path(__file__).parents[1] / "acceptance"
CAUGHT_AT_LEAST = {"danger.jsonl": 0.9, "fourth/danger.jsonl": 0.76}
"""Of the dangers of each held-out list; the rows of the second were only counted, twice."""
FALSE_AT_MOST = {"danger.jsonl": 0.07, "fourth/danger.jsonl": 0.08}
ORDINARY_FALSE_AT_MOST = 0.005
ORDINARY = "Θέλω να αλλάξω διεύθυνση στην ταυτότητα. Πού κλείνω ραντεβού;"
NEED = "κουράστηκα να ανασαίνω και θέλω να κοιμηθώ για πάντα"
"""No sign of `danger.yml` is in it."""


def test_the_file_was_made_from_the_examples_and_words_as_they_are() -> None:
    assert danger_learnt.Model().made_from == danger_training.made_from()


@pytest.mark.parametrize(("name", "at_least"), CAUGHT_AT_LEAST.items())
def test_most_signs_that_nobody_listed_are_caught(name: str, at_least: float) -> None:
    caught = [detect(row["q"]) is not None for row in rows(ACCEPTANCE / name) if row["danger"]]
    assert sum(caught) / len(caught) >= at_least


@pytest.mark.parametrize(("name", "at_most"), FALSE_AT_MOST.items())
def test_few_harmless_texts_that_sound_alike_are_taken_for_danger(
    name: str, at_most: float
) -> None:
    false = [detect(row["q"]) is not None for row in rows(ACCEPTANCE / name) if not row["danger"]]
    assert sum(false) / len(false) <= at_most


@pytest.mark.parametrize("text", ["", "😀", "…", "1", "α" * 2000, "με απολύσανε", "σ' αγαπώ"])
def test_what_says_little_is_no_danger(text: str) -> None:
    assert danger_learnt.Model().detect(keyed(text)) is None


def test_an_administrative_question_is_not_put_to_the_model() -> None:
    assert detect("με σκέψεις θανάτου δικαιούται κάποιος επίδομα;") is None


def test_greek_and_greeklish_are_heard_alike() -> None:
    assert detect("κόβω τα χέρια μου κρυφά") == detect("kovo ta xeria mou kryfa") == "suicide"


def test_few_ordinary_questions_are_taken_for_danger() -> None:
    texts = [
        text
        for languages in questions.load().values()
        for asked in languages.values()
        for text in asked
    ]
    sample = texts[::7]
    false = [detect(text) is not None for text in sample]
    assert sum(false) / len(sample) <= ORDINARY_FALSE_AT_MOST


@pytest.mark.parametrize("text", [f"{ORDINARY} {NEED}", f"{NEED}. {ORDINARY}"])
def test_a_need_beside_an_administrative_question_is_heard(text: str) -> None:
    assert detect(text) == "suicide"


def test_a_need_in_a_long_story_without_stops_is_heard() -> None:
    story = "ήρθα χτες από το χωριό με το λεωφορείο και περίμενα δυο ώρες μέσα στη βροχή"
    assert detect(f"{story} και από τότε {NEED} κάθε βράδυ") == "suicide"


def test_an_administrative_question_of_two_sentences_is_no_danger() -> None:
    assert detect("Έχασα τον άντρα μου τον Μάιο. Τι σύνταξη δικαιούμαι;") is None


def test_a_short_text_is_heard_whole_only() -> None:
    assert list(danger_learnt.parts(keyed("δεν είμαι καλά"))) == [(keyed("δεν είμαι καλά"), 0.0)]


def test_a_part_must_tell_more_than_a_whole_text() -> None:
    (_, whole), *parts = danger_learnt.parts(keyed("Δεν ξέρω τι να κάνω. Δεν αντέχω άλλο έτσι."))
    assert [margin > whole for _, margin in parts] == [True, True]


def test_words_that_stand_for_each_other_share_features() -> None:
    first, second = (
        set(features(keyed(text))) for text in ("ο γαμπρός πυροβολεί", "my uncle shoots")
    )
    assert {"s relative", "s relative shoot"} <= first & second


def test_the_longest_beginning_of_a_word_decides_its_group() -> None:
    assert "s suicide" in set(features(keyed("κρεμασμένο")))
    assert "s child" in set(features(keyed("αδερφάκι")))
    assert "s sibling" in set(features(keyed("αδερφός")))


def test_the_signs_are_heard_without_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(danger_learnt, "FILE", tmp_path / "missing.npz")
    danger_learnt.model.cache_clear()
    assert (detect("φωτιά στο σπίτι, βοήθεια"), detect(NEED)) == ("fire", None)
    danger_learnt.model.cache_clear()


@pytest.mark.parametrize("name", CAUGHT_AT_LEAST)
def test_no_held_out_sentence_is_an_example(name: str) -> None:
    kinds = yaml.safe_load(danger_training.EXAMPLES.read_text(encoding="utf-8")).values()
    learnt = {words_of(text) for kind in kinds for texts in kind.values() for text in texts}
    assert [row["q"] for row in rows(ACCEPTANCE / name) if words_of(row["q"]) in learnt] == []


def words_of(text: str) -> str:
    return " ".join(keyed(text).replace("|", " ").split())
