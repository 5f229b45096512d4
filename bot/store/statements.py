"""The statements of a turn, built once: SQLAlchemy spends most of its time on building them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.tables import conversations, issued_payloads, messages

_OF: Any = sa.bindparam("of")
_MESSAGE = (
    sa.select(
        messages.c.id,
        messages.c.sequence,
        messages.c.author,
        messages.c.text,
        messages.c.language,
        messages.c.buttons,
        messages.c.card,
        messages.c.answer,
        messages.c.turn_id,
        messages.c.time,
    )
    .where(messages.c.conversation_id == _OF)
    .order_by(messages.c.sequence)
)

CONVERSATION = sa.select(
    conversations.c.id,
    conversations.c.token_hash,
    conversations.c.language,
    conversations.c.pinned,
    conversations.c.channel,
    conversations.c.created,
    conversations.c.last_seen,
).where(conversations.c.id == _OF)
LAST_SEQUENCE = sa.select(conversations.c.last_sequence).where(conversations.c.id == _OF)
ADVANCE = (
    conversations.update()
    .where(conversations.c.id == _OF)
    .values(
        last_sequence=conversations.c.last_sequence + sa.bindparam("count"),
        last_seen=sa.bindparam("seen"),
    )
)
SPEAK = (
    conversations.update()
    .where(conversations.c.id == _OF)
    .values(language=sa.bindparam("tongue"), pinned=sa.bindparam("pin"))
)

MESSAGES = _MESSAGE
MESSAGES_AFTER = _MESSAGE.where(messages.c.sequence > sa.bindparam("sequence"))
MESSAGE = _MESSAGE.where(messages.c.id == sa.bindparam("message"))
REPLIES = _MESSAGE.where(messages.c.turn_id == sa.bindparam("turn"))
SEQUENCE = sa.select(messages.c.sequence).where(
    messages.c.conversation_id == _OF, messages.c.id == sa.bindparam("message")
)
ADD_MESSAGE = messages.insert()

TITLE = sa.select(issued_payloads.c.title).where(
    issued_payloads.c.conversation_id == _OF,
    issued_payloads.c.payload == sa.bindparam("pressed"),
)


def _issue(insert: Any) -> Any:
    statement = insert(issued_payloads)
    return statement.on_conflict_do_update(
        index_elements=["conversation_id", "payload"], set_={"title": statement.excluded.title}
    )


ISSUE = {"sqlite": _issue(sqlite.insert), "postgresql": _issue(postgresql.insert)}
"""Remembers a button, with its newest title; by dialect."""
