"""The tables of the store. Times are UTC without a zone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData()

_JSON = sa.JSON(none_as_null=True)


class _Words(sa.types.TypeDecorator):  # type: ignore[type-arg]  # generic in the stubs alone
    """Text in which U+FFFD stands for NUL, the one character that PostgreSQL cannot keep."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Any) -> str | None:
        """The text as it is kept and compared."""
        return value.replace("\x00", "\ufffd") if value and "\x00" in value else value


class _Prose(_Words):
    impl = sa.Text
    cache_ok = True


def _of_conversation() -> sa.Column[Any]:
    return sa.Column(
        "conversation_id",
        _Words(64),
        sa.ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
    )


conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", _Words(64), primary_key=True),
    sa.Column("token_hash", _Words(64), nullable=False),
    sa.Column("language", _Words(8), nullable=False),
    sa.Column("pinned", sa.Boolean, nullable=False),
    sa.Column("channel", _Words(16), nullable=False),
    sa.Column("last_sequence", sa.Integer, nullable=False),
    sa.Column("created", sa.DateTime, nullable=False),
    sa.Column("last_seen", sa.DateTime, nullable=False, index=True),
)

messages = sa.Table(
    "messages",
    metadata,
    _of_conversation(),
    sa.Column("id", _Words(64), nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("author", _Words(16), nullable=False),
    sa.Column("text", _Prose, nullable=False),
    sa.Column("language", _Words(8), nullable=False),
    sa.Column("buttons", _JSON),
    sa.Column("card", _JSON),
    sa.Column("answer", _JSON),
    sa.Column("turn_id", _Words(64)),
    sa.Column("time", sa.DateTime, nullable=False),
    sa.PrimaryKeyConstraint("conversation_id", "id"),
    sa.UniqueConstraint("conversation_id", "sequence"),
)

issued_payloads = sa.Table(
    "issued_payloads",
    metadata,
    _of_conversation(),
    sa.Column("payload", _Words(512), nullable=False),
    sa.Column("title", _Prose, nullable=False),
    sa.PrimaryKeyConstraint("conversation_id", "payload"),
)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("number", _Words(16), primary_key=True),
    sa.Column("conversation_id", _Words(255), nullable=False, index=True),
    sa.Column("kind", _Words(40), nullable=False),
    sa.Column("status", _Words(16), nullable=False),
    sa.Column("created", sa.DateTime, nullable=False),
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("id", _Words(64), primary_key=True),
    sa.Column("conversation_id", _Words(255), nullable=False, index=True),
    sa.Column("procedure_id", _Words(64), nullable=False),
    sa.Column("aspect", _Words(16)),
    sa.Column("kind", _Words(16), nullable=False),
    sa.Column("language", _Words(8), nullable=False),
    sa.Column("text", _Prose, nullable=False),
    sa.Column("created", sa.DateTime, nullable=False),
)
