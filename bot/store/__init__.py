"""Conversations, their messages, help cases and feedback, kept in SQLite or PostgreSQL.

The store is synchronous. Every method that writes is one transaction; a database that is locked or
unreachable raises `Unavailable`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.errors import NotFound, StartError, Unavailable
from bot.store import statements
from bot.store.database import check_encoding, connect
from bot.store.migrations import migrate
from bot.store.records import (
    Button,
    Conversation,
    Draft,
    Message,
    Remark,
    Situation,
    iso,
    now,
)
from bot.store.tables import cases, conversations, feedback, issued_payloads, messages

UNREACHABLE = (
    sa.exc.OperationalError,
    sa.exc.InterfaceError,
    sa.exc.InternalError,  # PostgreSQL that may only be read: a replica, until it takes over
    sa.exc.TimeoutError,
)
_LOOSE = (cases, feedback)
"""Tables of a conversation's that the action server writes: no key ties them to it."""
_EXPORTED: dict[str, tuple[Any, Any]] = {
    "conversation": (conversations.c.id, conversations.c.id),
    "messages": (messages.c.conversation_id, messages.c.sequence),
    "issued_payloads": (issued_payloads.c.conversation_id, issued_payloads.c.payload),
    "cases": (cases.c.conversation_id, cases.c.created),
    "feedback": (feedback.c.conversation_id, feedback.c.created),
}
"""What a citizen's data are: the column that names the conversation, and the order."""


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
            check_encoding(database)
            migrate(database)
        except (sa.exc.SQLAlchemyError, OSError) as error:
            reason = " ".join(str(getattr(error, "orig", None) or error).split())
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
        except UNREACHABLE as error:
            raise Unavailable() from error
        except sa.exc.DBAPIError as error:
            if error.connection_invalidated:
                raise Unavailable() from error
            raise

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
            replies: list[Message] = []
            if message_id is not None:
                key = {"of": conversation_id, "message": message_id}
                row = connection.execute(statements.MESSAGE, key).first()
                if row is not None:
                    earlier = _message(row)
                    replies = _replies(connection, conversation_id, earlier.id)
            title = _title(connection, conversation_id, payload) if payload is not None else None
            return Situation(conversation, earlier, tuple(replies), title)

    def append(
        self, conversation_id: str, drafts: Sequence[Draft], language: str | None = None
    ) -> list[Message]:
        """Keeps messages at the end of a conversation, and the payloads of their buttons.

        Args:
            language: the conversation's language from now on, no longer pinned; `None`: as it was.

        Returns:
            The messages as they are kept; where another front door has replied to the same turn
            already, its replies, and nothing more is kept.

        Raises:
            NotFound: there is no such conversation.
        """
        with self._transaction() as connection:
            of = {"of": conversation_id}
            advance = {**of, "count": len(drafts), "seen": now()}
            if not connection.execute(statements.ADVANCE, advance).rowcount:
                raise NotFound()
            # From here on the conversation's row is locked: what is read now stays so.
            replied = _replies(connection, conversation_id, drafts[0].turn_id if drafts else None)
            if replied:
                connection.execute(statements.ADVANCE, {**advance, "count": -len(drafts)})
                return replied
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
            found = {
                name: _rows(connection, column, conversation_id, order)
                for name, (column, order) in _EXPORTED.items()
            }
        if not found["conversation"]:
            raise NotFound()
        return {**found, "conversation": found["conversation"][0]}

    def delete(self, conversation_id: str) -> None:
        """Deletes a conversation and everything of it.

        Raises:
            NotFound: there is no such conversation.
        """
        with self._transaction() as connection:
            for table in _LOOSE:
                connection.execute(table.delete().where(table.c.conversation_id == conversation_id))
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
            for table in _LOOSE:
                outlived = sa.or_(table.c.conversation_id.in_(old), table.c.created < before)
                connection.execute(table.delete().where(outlived))
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

    def add_remark(self, remark: Remark) -> None:
        """Keeps what a citizen said of a procedure; said again, it stays as it is."""
        try:
            with self._transaction() as connection:
                connection.execute(feedback.insert(), vars(remark))
        except sa.exc.IntegrityError:
            return

    def comment(self, remark_id: str, text: str) -> bool:
        """Adds the citizen's words to a remark; false where it is no longer kept."""
        with self._transaction() as connection:
            change = feedback.update().where(feedback.c.id == remark_id).values(text=text)
            return bool(connection.execute(change).rowcount)

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


def _replies(
    connection: sa.engine.Connection, conversation_id: str, turn_id: str | None
) -> list[Message]:
    if turn_id is None:
        return []
    turn = {"of": conversation_id, "turn": turn_id}
    return list(map(_message, connection.execute(statements.REPLIES, turn)))


def _message(row: Any) -> Message:
    values = dict(row._mapping)
    values["buttons"] = tuple(Button(**button) for button in values["buttons"] or ())
    return Message(**values)


def _row(conversation_id: str, message: Message) -> dict[str, Any]:
    row = {**vars(message), "conversation_id": conversation_id}
    row["buttons"] = [vars(button) for button in message.buttons] or None
    return row


def _rows(
    connection: sa.engine.Connection, column: Any, value: str, order: Any
) -> list[dict[str, Any]]:
    select = sa.select(column.table).where(column == value).order_by(order)
    rows = connection.execute(select).mappings()
    return [
        {
            str(name): iso(cell) if isinstance(cell, datetime) else cell
            for name, cell in row.items()
            if name != "token_hash"
        }
        for row in rows
    ]
