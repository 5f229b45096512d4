"""One JSON object a line: what an operator may read, never what a citizen wrote."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from datetime import datetime, timezone
from typing import Any

import orjson

from bot.settings import Settings

_LOG_BYTES = 20_000_000
_LOGS_KEPT = 5


class JsonLines(logging.Formatter):
    """A record as a JSON object; `extra={"fields": {…}}` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record on one line."""
        time = datetime.fromtimestamp(record.created, timezone.utc)
        line: dict[str, Any] = {
            "time": time.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def start_logging(settings: Settings) -> None:
    """Sends the log of this process to where the settings say."""
    handler: logging.Handler
    if settings.log == "-":
        handler = logging.StreamHandler(sys.stderr)
    else:
        settings.logs.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            settings.log or settings.logs / "front_door.jsonl",
            maxBytes=_LOG_BYTES,
            backupCount=_LOGS_KEPT,
            encoding="utf-8",
        )
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
