"""The tables of the store. Times are UTC without a zone."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

_JSON = sa.JSON(none_as_null=True)


def _of_conversation() -> sa.Column[sa.String]:
    return sa.Column(
        "conversation_id",
        sa.String(64),
        sa.ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
    )


conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("token_hash", sa.String(64), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("pinned", sa.Boolean, nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("last_sequence", sa.Integer, nullable=False),
    sa.Column("created", sa.DateTime, nullable=False),
    sa.Column("last_seen", sa.DateTime, nullable=False, index=True),
)

messages = sa.Table(
    "messages",
    metadata,
    _of_conversation(),
    sa.Column("id", sa.String(64), nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("author", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("buttons", _JSON),
    sa.Column("card", _JSON),
    sa.Column("answer", _JSON),
    sa.Column("turn_id", sa.String(64)),
    sa.Column("time", sa.DateTime, nullable=False),
    sa.PrimaryKeyConstraint("conversation_id", "id"),
    sa.UniqueConstraint("conversation_id", "sequence"),
)

issued_payloads = sa.Table(
    "issued_payloads",
    metadata,
    _of_conversation(),
    sa.Column("payload", sa.String(512), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("conversation_id", "payload"),
)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("number", sa.String(16), primary_key=True),
    sa.Column("conversation_id", sa.String(255), nullable=False, index=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("created", sa.DateTime, nullable=False),
)
