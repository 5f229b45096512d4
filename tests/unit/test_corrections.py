"""Corrections by staff: a question, the right procedure, and what a build makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base.corrections import LONGEST, CorrectionError, Corrections
from knowledge_base.evaluate import read_questions
from knowledge_base.learnt import learn_once


def test_a_correction_is_a_row_that_can_be_measured(tmp_path: Path) -> None:
    Corrections(tmp_path).add("  το χαρτί\nτης γέννας ", "362640", "el")
    (row,) = read_questions(Corrections(tmp_path).path)
    assert (row["q"], row["ids"], row["lang"]) == ("το χαρτί της γέννας", ["362640"], "el")


def test_a_later_correction_of_the_same_question_takes_its_place(tmp_path: Path) -> None:
    kept = Corrections(tmp_path)
    kept.add("άδεια γάμου", "1", "el")
    kept.add("ADEIA GAMOU", "2", "el-Latn")
    assert [row["ids"] for row in kept.rows()] == [["2"]]


@pytest.mark.parametrize("question", ["", "  ", "😀", ";;", "α" * (LONGEST + 1)])
def test_a_question_that_teaches_nothing_is_refused(tmp_path: Path, question: str) -> None:
    with pytest.raises(CorrectionError):
        Corrections(tmp_path).add(question, "1", "el")
    assert Corrections(tmp_path).rows() == []


class Learnt:
    """Something that is learnt, and counts how often."""

    times = 0

    def __init__(self) -> None:
        Learnt.times += 1

    def save(self, folder: Path) -> None:
        (folder / "learnt.txt").write_text("learnt", encoding="ascii")


def test_what_would_be_learnt_again_is_taken_from_the_version_before(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("first", "second", "third")]
    for folder in folders:
        folder.mkdir()
    Learnt.times = 0
    for folder, before, inputs in (
        (folders[0], None, ("a", "b")),
        (folders[1], folders[0], ("a", "b")),
        (folders[2], folders[1], ("ab",)),
    ):
        learn_once("learnt.txt", inputs, Learnt, folder=folder, before=before)
        assert (folder / "learnt.txt").read_text("ascii") == "learnt"
    assert Learnt.times == 2
