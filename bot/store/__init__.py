"""Conversations, their messages and help cases, kept in SQLite or PostgreSQL.

The store is synchronous. Every method that writes is one transaction; a database that is locked or
unreachable raises `Unavailable`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from bot.errors import NotFound, StartError, Unavailable
from bot.store import statements
from bot.store.migrations import migrate
from bot.store.records import (
    Button,
    Conversation,
    Draft,
    Message,
    Situation,
    iso,
    now,
)
from bot.store.tables import cases, conversations, issued_payloads, messages


def connect(url: str, timeout_s: float) -> sa.engine.Engine:
    """The database behind `url`, with the pragmas that SQLite needs.

    Args:
        timeout_s: seconds to wait for a lock.
    """
    options: dict[str, Any] = {
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
        "hide_parameters": True,
    }
    if not url.startswith("sqlite"):
        plain: sa.engine.Engine = sa.create_engine(url, pool_pre_ping=True, **options)
        return plain
    database: sa.engine.Engine = sa.create_engine(
        url,
        poolclass=QueuePool,
        connect_args={"timeout": timeout_s, "check_same_thread": False},
        **options,
    )

    def prepare(connection: Any, _record: Any) -> None:
        # The first pragma makes every later one, the change to WAL among them, wait for locks.
        connection.execute(f"PRAGMA busy_timeout = {round(timeout_s * 1000)}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")

    sa.event.listen(database, "connect", prepare)
    return database


class Store:
    """The store over one database."""

    def __init__(self, database: sa.engine.Engine) -> None:
        self._database = database
        self._issue_payload = statements.ISSUE[database.dialect.name]

    @classmethod
    def open(cls, url: str, timeout_s: float = 1) -> Store:
        """Connects and brings the tables up to date.

        Args:
            url: SQLAlchemy URL.
            timeout_s: seconds to wait for a lock.

        Raises:
            StartError: the database cannot be opened.
        """
        try:
            database = connect(url, timeout_s)
            migrate(database)
        except (sa.exc.SQLAlchemyError, OSError) as error:
            reason = getattr(error, "orig", None) or error
            raise StartError(f"The database cannot be opened: {reason}") from error
        return cls(database)

    def close(self) -> None:
        """Closes all connections."""
        self._database.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[sa.engine.Connection]:
        try:
            with self._database.begin() as connection:
                yield connection
        except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
            raise Unavailable() from error

    def ping(self) -> None:
        """Raises `Unavailable` where the database does not answer."""
        with self._transaction() as connection:
            connection.execute(sa.select(sa.func.count()).select_from(conversations))

    def create(self, conversation: Conversation, drafts: Sequence[Draft]) -> list[Message]:
        """Keeps a new conversation with its first messages."""
        with self._transaction() as connection:
            connection.execute(
                conversations.insert(),
                {
                    "id": conversation.id,
                    "token_hash": conversation.token_hash,
                    "language": conversation.language,
                    "pinned": conversation.pinned,
                    "channel": conversation.channel,
                    "last_sequence": len(drafts),
                    "created": conversation.created,
                    "last_seen": conversation.last_seen,
                },
            )
            return self._add(connection, conversation.id, drafts, 1)

    def conversation(self, conversation_id: str) -> Conversation:
        """The conversation of that id.

        Raises:
            NotFound: there is none.
        """
        with self._transaction() as connection:
            return _conversation(connection, conversation_id)

    def look_up(
        self, conversation_id: str, message_id: str | None = None, payload: str | None = None
    ) -> Situation:
        """What must be known before a turn, in one read.

        Args:
            message_id: the citizen's message as its sender names it.
            payload: the payload of a button that the citizen pressed.

        Raises:
            NotFound: there is no such conversation.
        """
        with self._transaction() as connection:
            conversation = _conversation(connection, conversation_id)
            earlier: Message | None = None
            replies: tuple[Message, ...] = ()
            if message_id is not None:
                key = {"of": conversation_id, "message": message_id}
                row = connection.execute(statements.MESSAGE, key).first()
                if row is not None:
                    earlier = _message(row)
                    turn = {"of": conversation_id, "turn": earlier.id}
                    replies = tuple(map(_message, connection.execute(statements.REPLIES, turn)))
            title = _title(connection, conversation_id, payload) if payload is not None else None
            return Situation(conversation, earlier, replies, title)

    def append(
        self, conversation_id: str, drafts: Sequence[Draft], language: str | None = None
    ) -> list[Message]:
        """Keeps messages at the end of a conversation, and the payloads of their buttons.

        Args:
            language: the conversation's language from now on, no longer pinned; `None`: as it was.

        Raises:
            NotFound: there is no such conversation.
        """
        with self._transaction() as connection:
            of = {"of": conversation_id}
            advance = {**of, "count": len(drafts), "seen": now()}
            if not connection.execute(statements.ADVANCE, advance).rowcount:
                raise NotFound()
            if language is not None:
                connection.execute(statements.SPEAK, {**of, "tongue": language, "pin": False})
            last: int = connection.execute(statements.LAST_SEQUENCE, of).scalar_one()
            return self._add(connection, conversation_id, drafts, last - len(drafts) + 1)

    def set_language(self, conversation_id: str, language: str) -> None:
        """Pins the conversation's language.

        Raises:
            NotFound: there is no such conversation.
        """
        with self._transaction() as connection:
            changes = {"of": conversation_id, "tongue": language, "pin": True}
            if not connection.execute(statements.SPEAK, changes).rowcount:
                raise NotFound()

    def messages(self, conversation_id: str, after: str | None = None) -> list[Message] | None:
        """The messages of a conversation, in order, or those after the message `after`.

        Returns:
            `None` where `after` is no message of the conversation.

        Raises:
            NotFound: there is no such conversation.
        """
        with self._transaction() as connection:
            _conversation(connection, conversation_id)
            of = {"of": conversation_id}
            if after is None:
                return list(map(_message, connection.execute(statements.MESSAGES, of)))
            sequence = connection.execute(statements.SEQUENCE, {**of, "message": after}).scalar()
            if sequence is None:
                return None
            since = {**of, "sequence": sequence}
            return list(map(_message, connection.execute(statements.MESSAGES_AFTER, since)))

    def export(self, conversation_id: str) -> dict[str, Any]:
        """Everything stored of a conversation but the hash of its token, as JSON values.

        Raises:
            NotFound: there is no such conversation.
        """
        with self._transaction() as connection:
            _conversation(connection, conversation_id)
            return {
                "conversation": _rows(
                    connection, conversations, conversations.c.id, conversation_id
                )[0],
                "messages": _rows(
                    connection, messages, messages.c.conversation_id, conversation_id
                ),
                "issued_payloads": _rows(
                    connection, issued_payloads, issued_payloads.c.conversation_id, conversation_id
                ),
                "cases": _rows(connection, cases, cases.c.conversation_id, conversation_id),
            }

    def delete(self, conversation_id: str) -> None:
        """Deletes a conversation and everything of it.

        Raises:
            NotFound: there is no such conversation.
        """
        with self._transaction() as connection:
            connection.execute(cases.delete().where(cases.c.conversation_id == conversation_id))
            deleted = connection.execute(
                conversations.delete().where(conversations.c.id == conversation_id)
            )
            if not deleted.rowcount:
                raise NotFound()

    def purge(self, before: datetime) -> list[str]:
        """Deletes the conversations last seen before a time; returns their ids."""
        with self._transaction() as connection:
            old = sa.select(conversations.c.id).where(conversations.c.last_seen < before)
            ids = list(connection.execute(old).scalars())
            connection.execute(cases.delete().where(cases.c.conversation_id.in_(old)))
            connection.execute(cases.delete().where(cases.c.created < before))
            connection.execute(conversations.delete().where(conversations.c.last_seen < before))
            return ids

    def add_case(self, number: str, conversation_id: str, kind: str) -> bool:
        """Keeps a help case; false where the number is taken."""
        row = {
            "number": number,
            "conversation_id": conversation_id,
            "kind": kind,
            "status": "open",
            "created": now(),
        }
        try:
            with self._transaction() as connection:
                connection.execute(cases.insert(), row)
        except sa.exc.IntegrityError:
            return False
        return True

    def _add(
        self,
        connection: sa.engine.Connection,
        conversation_id: str,
        drafts: Sequence[Draft],
        first: int,
    ) -> list[Message]:
        time = now()
        stored = [
            Message(
                **{**vars(draft), "id": draft.id or secrets.token_hex(12)},
                sequence=first + place,
                time=time,
            )
            for place, draft in enumerate(drafts)
        ]
        rows = [_row(conversation_id, message) for message in stored]
        if not rows:
            return []
        try:
            connection.execute(statements.ADD_MESSAGE, rows)
        except sa.exc.IntegrityError as error:
            # Another process is storing the same message at this moment.
            raise Unavailable() from error
        self._issue(connection, conversation_id, stored)
        return stored

    def _issue(
        self, connection: sa.engine.Connection, conversation_id: str, stored: Sequence[Message]
    ) -> None:
        buttons = {b.payload: b.title for message in stored for b in message.buttons}
        if not buttons:
            return
        connection.execute(
            self._issue_payload,
            [
                {"conversation_id": conversation_id, "payload": payload, "title": title}
                for payload, title in buttons.items()
            ],
        )


def _conversation(connection: sa.engine.Connection, conversation_id: str) -> Conversation:
    row = connection.execute(statements.CONVERSATION, {"of": conversation_id}).first()
    if row is None:
        raise NotFound()
    return Conversation(*row)


def _title(connection: sa.engine.Connection, conversation_id: str, payload: str) -> str | None:
    key = {"of": conversation_id, "pressed": payload}
    title: str | None = connection.execute(statements.TITLE, key).scalar()
    return title


def _message(row: Any) -> Message:
    values = dict(row._mapping)
    values["buttons"] = tuple(Button(**button) for button in values["buttons"] or ())
    return Message(**values)


def _row(conversation_id: str, message: Message) -> dict[str, Any]:
    row = {**vars(message), "conversation_id": conversation_id}
    row["buttons"] = [vars(button) for button in message.buttons] or None
    return row


def _rows(
    connection: sa.engine.Connection, table: sa.Table, key: Any, value: str
) -> list[dict[str, Any]]:
    rows = connection.execute(sa.select(table).where(key == value)).mappings()
    return [
        {
            str(name): iso(cell) if isinstance(cell, datetime) else cell
            for name, cell in row.items()
            if name != "token_hash"
        }
        for row in rows
    ]
