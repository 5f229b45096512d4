"""The store: what is kept, in which order, and what a locked or old database does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.errors import NotFound, StartError, Unavailable
from bot.store import Store, connect
from bot.store.records import Button, Conversation, Draft, now
from bot.store.tables import metadata


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'deep' / 'ariadne.db'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store.open(url, timeout_s=0.05)
    begin(store, "c1")
    yield store
    store.close()


def begin(store: Store, name: str, days_ago: int = 0) -> None:
    time = now() - timedelta(days=days_ago)
    store.create(Conversation(name, "hash", "el", False, "web", time, time), [hello()])


def hello() -> Draft:
    return Draft("bot", "Γεια σας", "el", (Button("Βοήθεια", "/help"),))


def test_a_message_comes_back_as_it_was_kept(store: Store) -> None:
    draft = Draft("bot", "😀 γεια", "el", (Button("α", "/a"),), {"title": "τ"}, {"outcome": "x"})
    (kept,) = store.append("c1", [draft])
    assert store.messages("c1")[-1] == kept
    assert (kept.text, kept.buttons, kept.card) == (draft.text, draft.buttons, draft.card)


def test_messages_are_numbered_in_order(store: Store) -> None:
    store.append("c1", [Draft("citizen", "1", "el"), Draft("bot", "2", "el")])
    store.append("c1", [Draft("citizen", "3", "el")])
    assert [m.sequence for m in store.messages("c1")] == [1, 2, 3, 4]


def test_only_later_messages_are_read_after_one(store: Store) -> None:
    first, second = store.append("c1", [Draft("bot", "1", "el"), Draft("bot", "2", "el")])
    assert store.messages("c1", after=first.id) == [second]


def test_reading_after_an_unknown_message_gives_nothing(store: Store) -> None:
    assert store.messages("c1", after="unknown") is None


def test_an_earlier_message_is_found_with_its_replies(store: Store) -> None:
    store.append("c1", [Draft("citizen", "γεια", "el", id="m1")])
    (reply,) = store.append("c1", [Draft("bot", "γεια", "el", turn_id="m1")])
    situation = store.look_up("c1", message_id="m1")
    assert situation.earlier is not None
    assert situation.earlier.text == "γεια"
    assert situation.replies == (reply,)


def test_the_same_name_is_another_message_in_another_conversation(store: Store) -> None:
    begin(store, "c2")
    store.append("c1", [Draft("citizen", "γεια", "el", id="m1")])
    assert store.look_up("c2", message_id="m1").earlier is None


def test_one_name_twice_in_a_conversation_cannot_be_kept(store: Store) -> None:
    store.append("c1", [Draft("citizen", "γεια", "el", id="m1")])
    with pytest.raises(Unavailable):
        store.append("c1", [Draft("citizen", "γεια", "el", id="m1")])
    assert len(store.messages("c1")) == 2


def test_a_payload_is_known_by_its_newest_title(store: Store) -> None:
    assert store.look_up("c1", payload="/help").title == "Βοήθεια"
    store.append("c1", [Draft("bot", "", "en", (Button("Help", "/help"),))])
    assert store.look_up("c1", payload="/help").title == "Help"
    assert store.look_up("c1", payload="/other").title is None


def test_a_language_is_pinned_until_a_message_changes_it(store: Store) -> None:
    store.set_language("c1", "en")
    assert store.conversation("c1").pinned
    store.append("c1", [Draft("citizen", "γεια", "el")], language="el")
    conversation = store.conversation("c1")
    assert (conversation.language, conversation.pinned) == ("el", False)


@pytest.mark.parametrize(
    "use",
    [
        lambda store: store.conversation("none"),
        lambda store: store.look_up("none"),
        lambda store: store.messages("none"),
        lambda store: store.append("none", [hello()]),
        lambda store: store.set_language("none", "el"),
        lambda store: store.export("none"),
        lambda store: store.delete("none"),
    ],
)
def test_a_conversation_that_is_not_there_is_not_found(store: Store, use) -> None:
    with pytest.raises(NotFound):
        use(store)


def test_deleting_leaves_no_row_of_it_and_all_of_others(store: Store) -> None:
    begin(store, "c2")
    store.add_case("11111111", "c1", "person")
    store.delete("c1")
    export = store.export("c2")
    assert len(export["messages"]) == len(export["issued_payloads"]) == 1
    assert counts(store) == {"conversations": 1, "messages": 1, "issued_payloads": 1, "cases": 0}


def counts(store: Store) -> dict[str, int]:
    with store._database.connect() as connection:
        return {
            table.name: connection.execute(
                sa.select(sa.func.count()).select_from(table)
            ).scalar_one()
            for table in metadata.tables.values()
        }


def test_purging_deletes_what_is_old_and_tells_which(store: Store) -> None:
    begin(store, "old", days_ago=10)
    assert store.purge(now() - timedelta(days=5)) == ["old"]
    assert counts(store)["conversations"] == counts(store)["messages"] == 1


def test_a_case_number_is_kept_once(store: Store) -> None:
    assert store.add_case("12345678", "c1", "person")
    assert not store.add_case("12345678", "c1", "person")


@pytest.mark.parametrize(
    "write",
    [
        lambda store: begin(store, "c9"),
        lambda store: store.append("c1", [hello()]),
        lambda store: store.set_language("c1", "en"),
        lambda store: store.add_case("12345678", "c1", "person"),
        lambda store: store.purge(now()),
        lambda store: store.delete("c1"),
    ],
)
def test_a_locked_database_is_unavailable_and_then_works(store: Store, url: str, write) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Unavailable):
            write(store)
        other.execute("ROLLBACK")
    write(store)


def test_opening_again_keeps_what_was_stored(store: Store, url: str) -> None:
    again = Store.open(url)
    assert len(again.messages("c1")) == 1
    again.close()


def test_tables_of_a_newer_version_are_one_plain_line(store: Store, url: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as other, other:
        other.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(StartError, match="not of this version"):
        Store.open(url)


def test_a_database_that_cannot_be_opened_is_one_plain_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StartError, match="The database cannot be opened"):
        Store.open(f"sqlite:///{tmp_path / 'file' / 'ariadne.db'}")


def test_a_file_that_is_no_database_is_one_plain_line(tmp_path: Path) -> None:
    (tmp_path / "ariadne.db").write_text("this is not a database, it is a text" * 100)
    with pytest.raises(StartError, match="The database cannot be opened"):
        Store.open(f"sqlite:///{tmp_path / 'ariadne.db'}")


def test_the_migrations_make_the_tables_that_the_code_uses(store: Store, url: str) -> None:
    database = connect(url, 1)
    with database.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.dispose()
