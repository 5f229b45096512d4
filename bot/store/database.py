"""One database, SQLite or PostgreSQL: how it is reached, and who may change its tables."""

from __future__ import annotations

import math
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from bot.errors import StartError

KINDS = ("sqlite", "postgresql")
TABLES_LOCK = 0x41726961
"""PostgreSQL's advisory lock of whoever makes or changes tables: any number, always the same."""
TABLES_WAIT_S = 60
SHORTEST_CONNECT_S = 2
"""What libpq waits at the least for a connection."""
SILENCE_MS = 5000
"""After which a connection counts as broken when the other side does not acknowledge."""


def connect(url: str, timeout_s: float) -> sa.engine.Engine:
    """The database behind `url`, never waiting for long.

    Args:
        timeout_s: seconds to wait for a lock.

    Raises:
        StartError: `url` is no address of such a database.
    """
    parsed = _parse(url)
    options: dict[str, Any] = {
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
        "hide_parameters": True,
    }
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, timeout_s, options)
    arguments = _patience(parsed, timeout_s)
    database: sa.engine.Engine = sa.create_engine(
        parsed, pool_pre_ping=True, connect_args=arguments, **options
    )
    return database


def one_at_a_time(connection: sa.engine.Connection) -> None:
    """Until the transaction ends, no other process may change PostgreSQL's tables this way."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"SET LOCAL lock_timeout = '{TABLES_WAIT_S}s'"))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(TABLES_LOCK)))


def check_encoding(database: sa.engine.Engine) -> None:
    """Raises `StartError` where a PostgreSQL database cannot keep every language's letters."""
    if database.dialect.name != "postgresql":
        return
    with database.connect() as connection:
        encoding = connection.execute(sa.text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise StartError(f"The database's encoding is {encoding}: make it anew with UTF8.")


def _parse(url: str) -> sa.engine.URL:
    try:
        parsed: sa.engine.URL = sa.engine.make_url(url)
        sa.create_engine(parsed)  # loads the driver, connects nowhere
    except (sa.exc.ArgumentError, ImportError, ValueError):
        kind = None
    else:
        kind = parsed.get_backend_name()
    if kind not in KINDS:
        # The URL itself is not shown: there is a password in it.
        raise StartError(
            "The database's URL must be postgresql://USER:PASSWORD@HOST/NAME or sqlite:///PATH "
            "(in the user and the password, write @ : / % as %40 %3A %2F %25)."
        )
    return parsed


def _patience(url: sa.engine.URL, timeout_s: float) -> dict[str, Any]:
    """libpq's parameters, but for those that the URL sets itself."""
    waits = {
        "connect_timeout": max(SHORTEST_CONNECT_S, math.ceil(timeout_s)),
        "tcp_user_timeout": SILENCE_MS,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 2,
    }
    lock = f"-c lock_timeout={max(1, round(timeout_s * 1000))}"
    given = url.query.get("options", "")
    own = {name: value for name, value in waits.items() if name not in url.query}
    return {**own, "options": f"{lock} {given}".strip()}


def _sqlite(url: sa.engine.URL, timeout_s: float, options: dict[str, Any]) -> sa.engine.Engine:
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
