"""The index as files: built whole, switched whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from knowledge_base import Context, KnowledgeBase, base, build, index
from knowledge_base.text import phonetic
from tests.conftest import quietly


@pytest.fixture
def mine(home: Path, tmp_path: Path) -> Path:
    """A copy of the built home, to be spoilt."""
    shutil.copytree(home, tmp_path / "home")
    return tmp_path / "home"


def test_a_second_build_has_nothing_to_do(mine: Path) -> None:
    version, built = build.build(mine, build.Model(), quietly)
    assert (version, built) == (index.current(mine), False)


def test_a_build_that_fails_leaves_the_index_in_use(
    mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "_recogniser", lambda _: None)
    before = index.current(mine)

    def dying(items: Iterable[Any], what: str) -> Iterable[Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build.build(mine, build.Model(query_prefix="changed"), dying)
    assert index.current(mine) == before
    assert [path.name for path in (mine / "index").iterdir() if path.is_dir()] == [before]


def test_without_an_index_the_reader_is_told_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(index.IndexMissingError, match="knowledge_base build"):
        KnowledgeBase.open(tmp_path)


def test_a_new_index_is_taken_up_while_running(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "_LOOK_FOR_NEW_INDEX_S", 0.0)
    running = KnowledgeBase.open(mine)
    old = index.current(mine)
    assert old is not None
    (mine / "index" / old).rename(mine / "index" / "fresh")
    (mine / "index" / "current").write_text("fresh", encoding="ascii")
    while running.version != "fresh":
        assert running.search("διαβατήριο")
    assert running.ask("διαβατήριο", "el").procedure_id == "144400"


def test_a_broken_new_index_leaves_the_running_one(
    mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "_LOOK_FOR_NEW_INDEX_S", 0.0)
    running = KnowledgeBase.open(mine)
    before = running.version
    (mine / "index" / "broken").mkdir()
    (mine / "index" / "current").write_text("broken", encoding="ascii")
    running.search("διαβατήριο")
    running.wait_for_reload()
    assert running.search("διαβατήριο")
    assert running.version == before


def test_two_builds_of_the_same_make_the_same_embedding(
    mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt = index.open_index(mine)
    monkeypatch.setattr(build, "_recogniser", lambda _: learnt.recogniser)
    monkeypatch.setattr(build.AspectReader, "train", lambda _: learnt.aspects)
    again = tmp_path / "again"
    build.build(again, build.Model(), quietly)
    version = index.current(mine)
    assert version == index.current(again)
    assert version is not None
    first, second = (
        (folder / "index" / version / "names.faiss").read_bytes() for folder in (mine, again)
    )
    assert first == second


def test_a_question_corrected_by_staff_finds_their_procedure_first(home: Path) -> None:
    opened = index.open_index(home)
    question = "πιστοποιητικό γέννησης"
    others = [hit.procedure_id for hit in KnowledgeBase(home, opened).search(question)]
    meant = opened.position(others[3])
    assert meant is not None
    opened.lexical.corrected[phonetic(question)] = meant
    base = KnowledgeBase(home, opened)
    assert base.search("PISTOPOIHTIKO gennhshs!")[0].procedure_id == others[3]
    talking_of_another = Context(procedure_id=others[0])
    assert base.ask(question, "el", talking_of_another).procedure_id == others[3]
    assert base.search("ληξιαρχική πράξη γέννησης")[0].procedure_id != others[3]
