"""The learnt second opinion on danger, beside the signs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot import danger_learnt, danger_training
from bot.danger import detect, keyed

HELD_OUT = Path(__file__).parents[1] / "acceptance" / "danger.jsonl"
CAUGHT_AT_LEAST = 0.9
FALSE_AT_MOST = 0.07


@pytest.fixture(scope="module")
def held_out() -> list[dict[str, Any]]:
    return [json.loads(line) for line in HELD_OUT.read_text(encoding="utf-8").splitlines()]


def test_the_file_was_made_from_the_examples_as_they_are() -> None:
    assert danger_learnt.model().made_from == danger_training.made_from()


def test_most_signs_that_nobody_listed_are_caught(held_out: list[dict[str, Any]]) -> None:
    caught = [detect(row["q"]) is not None for row in held_out if row["danger"]]
    assert sum(caught) / len(caught) >= CAUGHT_AT_LEAST


def test_few_harmless_texts_that_sound_alike_are_taken_for_danger(
    held_out: list[dict[str, Any]],
) -> None:
    false = [detect(row["q"]) is not None for row in held_out if not row["danger"]]
    assert sum(false) / len(false) <= FALSE_AT_MOST


@pytest.mark.parametrize("text", ["", "😀", "…", "1", "α" * 2000, "με απολύσανε", "σ' αγαπώ"])
def test_what_says_little_is_no_danger(text: str) -> None:
    assert danger_learnt.model().detect(keyed(text)) is None


def test_an_administrative_question_is_not_put_to_the_model() -> None:
    assert detect("με σκέψεις θανάτου δικαιούται κάποιος επίδομα;") is None


def test_greek_and_greeklish_are_heard_alike() -> None:
    assert detect("κόβω τα χέρια μου κρυφά") == detect("kovo ta xeria mou kryfa") == "suicide"
