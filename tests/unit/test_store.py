"""The store: what is kept, in which order, and what a locked or old database does.

All of it holds for SQLite and for PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.errors import NotFound, StartError, Unavailable
from bot.store import Store, connect
from bot.store.records import Button, Conversation, Draft, now
from bot.store.tables import metadata
from tests.databases import Database

PATIENCE_S = 30


@pytest.fixture
def url(database: Database) -> str:
    return database.url


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


def test_emoji_and_rare_letters_come_back_whole(store: Store) -> None:
    words = "👨‍👩‍👧 🇬🇷 ᾧ 𐀀 \u202e \ufeff \x01 \\ \\u0000 %s :of ' \" ;--"
    draft = Draft("bot", words, "el", (Button(words, "/a"),), {words: words}, {"outcome": words})
    (kept,) = store.append("c1", [draft])
    assert store.messages("c1")[-1] == kept
    assert (kept.text, kept.buttons, kept.card) == (draft.text, draft.buttons, draft.card)
    assert store.look_up("c1", payload="/a").title == words


def test_a_nul_is_kept_as_the_sign_of_an_unknown_character(store: Store) -> None:
    store.append("c1", [Draft("bot", "α\x00β", "el", card={"title": "α\x00β"})])
    kept = store.messages("c1")[-1]
    assert (kept.text, kept.card) == ("α\ufffdβ", {"title": "α\x00β"})


@pytest.mark.parametrize("name", ["\x00", "c1\x00", "👨‍👩‍👧", "c" * 10_000, "c1'; --"])
def test_a_name_that_nobody_gave_finds_nothing(store: Store, name: str) -> None:
    assert store.messages("c1", after=name) is None
    assert store.look_up("c1", message_id=name, payload=name).title is None
    with pytest.raises(NotFound):
        store.conversation(name)


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


def test_a_turn_is_replied_to_once_whoever_replies(store: Store) -> None:
    store.append("c1", [Draft("citizen", "γεια", "el", id="m1")])
    first = store.append("c1", [Draft("bot", "1", "el", turn_id="m1"), hello()])
    assert store.append("c1", [Draft("bot", "2", "el", turn_id="m1")], "en") == first[:1]
    assert store.conversation("c1").language == "el"
    (later,) = store.append("c1", [Draft("citizen", "3", "el")])
    assert [m.text for m in store.messages("c1")[1:]] == ["γεια", "1", hello().text, "3"]
    assert later.sequence == 5


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
    left = {"conversations": 1, "messages": 1, "issued_payloads": 1, "cases": 0, "feedback": 0}
    assert counts(store) == left


def counts(store: Store) -> dict[str, int]:
    with store._database.connect() as connection:
        return {
            table.name: connection.execute(
                sa.select(sa.func.count()).select_from(table)
            ).scalar_one()
            for table in metadata.tables.values()
        }


def test_the_export_is_in_the_order_in_which_it_was_said(store: Store, database: Database) -> None:
    store.append(
        "c1", [Draft("bot", str(number), "el", id=f"m{9 - number}") for number in range(9)]
    )
    if "postgresql" in database.url:
        # Rows of PostgreSQL lie in whatever order: here, in that of their names.
        database.execute("cluster messages using messages_pkey")
    said = [message["text"] for message in store.export("c1")["messages"]]
    assert said[1:] == [str(number) for number in range(9)]


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
def test_a_locked_database_is_unavailable_and_then_works(
    store: Store, database: Database, write
) -> None:
    with database.locked(), pytest.raises(Unavailable):
        write(store)
    write(store)


def together(*tasks: Callable[[], object]) -> list[object]:
    """What each of them returns or raises, all done at the same time."""
    with ThreadPoolExecutor(len(tasks)) as threads:
        waiting = [threads.submit(task) for task in tasks]
        return [one.exception(PATIENCE_S) or one.result() for one in waiting]


@pytest.fixture
def processes(store: Store, url: str) -> Iterator[tuple[Store, Store]]:
    """The store as two processes have it, which wait for each other."""
    store.close()
    with closing(Store.open(url, PATIENCE_S)) as one, closing(Store.open(url, PATIENCE_S)) as two:
        yield one, two


def test_what_two_processes_write_at_the_same_time_is_all_kept_in_one_order(
    processes: tuple[Store, Store],
) -> None:
    def write(store: Store, author: str) -> None:
        for number in range(25):
            store.append("c1", [Draft("citizen", f"{author}{number}", "el"), hello()])
            begin(store, f"{author}{number}")

    one, two = processes
    assert together(lambda: write(one, "a"), lambda: write(two, "b")) == [None, None]
    messages = one.messages("c1")
    assert [message.sequence for message in messages] == list(range(1, 102))
    written = {f"{author}{number}" for author in "ab" for number in range(25)}
    assert {message.text for message in messages[1::2]} == written
    assert counts(one)["conversations"] == 51


def test_of_one_message_kept_by_two_processes_at_the_same_time_one_is_kept(
    processes: tuple[Store, Store],
) -> None:
    one, two = processes
    for number in range(20):
        draft = [Draft("citizen", "γεια", "el", id=f"m{number}")]
        done = together(partial(one.append, "c1", draft), partial(two.append, "c1", draft))
        assert {type(each) for each in done} == {list, Unavailable}
    assert [message.sequence for message in one.messages("c1")] == list(range(1, 22))


def test_opening_again_keeps_what_was_stored(store: Store, url: str) -> None:
    again = Store.open(url)
    assert len(again.messages("c1")) == 1
    again.close()


def test_the_folder_of_the_database_is_made(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path / 'deep' / 'down' / 'ariadne.db'}").close()
    assert (tmp_path / "deep" / "down" / "ariadne.db").exists()


def test_tables_of_a_newer_version_are_one_plain_line(store: Store, database: Database) -> None:
    database.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(StartError, match="not of this version"):
        Store.open(database.url)


def test_a_database_that_cannot_be_opened_is_one_plain_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StartError, match="The database cannot be opened"):
        Store.open(f"sqlite:///{tmp_path / 'file' / 'ariadne.db'}")


@pytest.mark.parametrize(
    "url",
    ["postgres://u:secret@h/d", "mysql://u:secret@h/d", "postgresql//u:secret@h/d", "u:secret@h"],
)
def test_a_url_of_no_such_database_is_one_plain_line_without_the_password(url: str) -> None:
    with pytest.raises(StartError, match="must be postgresql://") as raised:
        Store.open(url)
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_no_database_is_one_plain_line(tmp_path: Path) -> None:
    (tmp_path / "ariadne.db").write_text("this is not a database, it is a text" * 100)
    with pytest.raises(StartError, match="The database cannot be opened"):
        Store.open(f"sqlite:///{tmp_path / 'ariadne.db'}")


def test_the_migrations_make_the_tables_that_the_code_uses(store: Store, url: str) -> None:
    database = connect(url, 1)
    with database.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.dispose()
