"""Brings the tables of a database up to date; `versions/` has one numbered file a change."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from bot.errors import StartError
from bot.store.database import one_at_a_time

FOLDER = Path(__file__).parent
_VERSION = sa.table("alembic_version", sa.column("version_num"))


def migrate(database: sa.engine.Engine) -> None:
    """Applies the migrations that the database lacks.

    Raises:
        StartError: a newer version of the assistant has made the tables.
    """
    if database.url.drivername.startswith("sqlite") and database.url.database:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    if _version(database) == head():
        return
    # Imported only where there is something to do: Alembic takes longer than all the rest.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with database.begin() as connection:
        one_at_a_time(connection)
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StartError(f"The database's tables are not of this version: {error}") from error


def head() -> str:
    """The newest migration: its file's number."""
    return max(path.stem for path in FOLDER.glob("versions/[0-9]*.py")).split("_")[0]


def _version(database: sa.engine.Engine) -> str | None:
    with database.connect() as connection:
        if not sa.inspect(connection).has_table(_VERSION.name):
            return None
        version: str | None = connection.execute(sa.select(_VERSION.c.version_num)).scalar()
        return version
