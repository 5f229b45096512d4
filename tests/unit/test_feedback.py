"""Citizens' feedback on procedures: said, kept, reported; gone with the conversation."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.services.feedback import Feedback
from bot.store import Store
from bot.store.records import Conversation, Draft, now
from knowledge_base import report
from tests.databases import Database


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    store = Store.open(database.url)
    yield store
    store.close()


def begin(store: Store, name: str) -> None:
    store.create(Conversation(name, "hash", "el", False, "web", now(), now()), [])


def ask(store: Store, name: str, text: str, outcome: str) -> None:
    (asked,) = store.append(name, [Draft("citizen", text, "el")])
    answer = {"outcome": outcome, "procedure_id": None}
    store.append(name, [Draft("bot", "…", "el", answer=answer, turn_id=asked.id)])


def describe(procedure_id: str) -> dict[str, str]:
    return {"title": f"τίτλος {procedure_id}", "link": ""}


def test_what_is_said_of_a_procedure_is_reported_with_the_words(
    store: Store, database: Database
) -> None:
    feedback = Feedback(store)
    remark = feedback.give("c1", "144400", "cost", "outdated", "el")
    assert feedback.comment(remark, "το κόστος\nάλλαξε 😀")
    (procedure,) = report.report(database.url, describe)["procedures"]
    assert (procedure["procedure_id"], procedure["outdated"]) == ("144400", 1)
    (said,) = procedure["remarks"]
    assert (said["aspect"], said["text"]) == ("cost", "το κόστος άλλαξε 😀")


def test_a_double_click_is_one_remark(store: Store, database: Database) -> None:
    feedback = Feedback(store)
    first = feedback.give("c1", "144400", "cost", "wrong", "el")
    feedback.comment(first, "τα λόγια μου")
    assert feedback.give("c1", "144400", "cost", "wrong", "el") == first
    (procedure,) = report.report(database.url, describe)["procedures"]
    assert [said["text"] for said in procedure["remarks"]] == ["τα λόγια μου"]


def test_a_kind_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="spam"):
        Feedback(store).give("c1", "144400", None, "spam", "el")


def test_the_procedure_with_most_remarks_comes_first(store: Store, database: Database) -> None:
    feedback = Feedback(store)
    for conversation, procedure in (("c1", "1"), ("c2", "2"), ("c3", "2")):
        feedback.give(conversation, procedure, None, "unclear", "el")
    found = report.report(database.url, describe)["procedures"]
    assert [one["procedure_id"] for one in found] == ["2", "1"]


def test_an_owner_sees_the_remarks_on_one_procedure_alone(store: Store, database: Database) -> None:
    feedback = Feedback(store)
    feedback.give("c1", "1", None, "unclear", "el")
    feedback.give("c1", "2", None, "unclear", "el")
    found = report.report(database.url, describe, procedure_id="2")
    assert [one["procedure_id"] for one in found["procedures"]] == ["2"]
    assert "unanswered" not in found


def test_deleting_the_conversation_deletes_its_feedback(store: Store, database: Database) -> None:
    begin(store, "c1")
    remark = Feedback(store).give("c1", "144400", None, "wrong", "el")
    assert len(store.export("c1")["feedback"]) == 1
    store.delete("c1")
    assert report.report(database.url, describe)["procedures"] == []
    assert not Feedback(store).comment(remark, "αργά")


def test_feedback_ends_with_the_retention(store: Store, database: Database) -> None:
    Feedback(store).give("c1", "144400", None, "wrong", "el")
    store.purge(now() + timedelta(seconds=1))
    assert report.report(database.url, describe)["procedures"] == []


def test_questions_in_vain_are_counted_by_citizens_however_they_are_spelt(
    store: Store, database: Database
) -> None:
    for name, text in (("c1", "Άδεια μονόκερου;"), ("c2", "adeia monokerou"), ("c3", "άλλο")):
        begin(store, name)
        ask(store, name, text, "not_found")
    ask(store, "c3", "άλλο", "not_found")
    ask(store, "c3", "πιστοποιητικό", "clarify")
    ask(store, "c3", "διαβατήριο", "answered")
    found = report.report(database.url, describe)
    asked = [(one["question"], one["conversations"]) for one in found["unanswered"]]
    assert asked == [("Άδεια μονόκερου;", 2), ("άλλο", 1)]
    assert [one["question"] for one in found["clarified"]] == ["πιστοποιητικό"]


def test_a_report_can_be_of_the_last_days_alone(store: Store, database: Database) -> None:
    begin(store, "c1")
    ask(store, "c1", "άδεια μονόκερου", "not_found")
    Feedback(store).give("c1", "144400", None, "wrong", "el")
    found = report.report(database.url, describe, since=datetime.max)
    assert not found["procedures"]
    assert not found["unanswered"]


def test_tables_open_in_a_spreadsheet_and_compute_nothing(
    store: Store, database: Database, tmp_path: Path
) -> None:
    begin(store, "c1")
    ask(store, "c1", "=άδεια()", "not_found")
    feedback = Feedback(store)
    feedback.comment(feedback.give("c1", "1", None, "proposal", "el"), "@λόγια, με κόμμα")
    remarks, questions = report.write_csv(report.report(database.url, describe), tmp_path)
    assert Path(remarks).read_bytes().startswith(b"\xef\xbb\xbf")
    with Path(remarks).open(encoding="utf-8-sig", newline="") as file:
        _, row = csv.reader(file)
    assert row[:3] == ["1", "τίτλος 1", "proposal"]
    assert row[5] == "'@λόγια, με κόμμα"
    with Path(questions).open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1][:2] == ["unanswered", "'=άδεια()"]


def test_a_database_that_cannot_be_read_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        report.report(f"sqlite:///{tmp_path / 'none' / 'ariadne.db'}", describe)
