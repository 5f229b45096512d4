"""Every setting of the assistant: the only reader of the environment."""

# ruff: noqa: RUF009  # _setting is dataclasses.field

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from bot.errors import SettingError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _words(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip())


def _networks(value: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(word) for word in _words(value))


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        number = int(value)
        if not low <= number <= high:
            raise ValueError
        return number

    read.__doc__ = f"a whole number from {low} to {high}"
    return read


def _number_of(unit: str, low: float, high: float) -> Callable[[str], float]:
    def read(value: str) -> float:
        number = float(value)
        if not low <= number <= high:
            raise ValueError
        return number

    read.__doc__ = f"a number of {unit} from {low:g} to {high:g}"
    return read


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in choices:
            raise ValueError
        return value

    read.__doc__ = "one of " + ", ".join(choices)
    return read


_text: Callable[[str], str] = str.strip
_port = _whole(0, 65535)
_count = _whole(1, 10_000_000)
_EXPECTED = {
    _networks: "a comma-separated list of networks such as 10.0.0.0/8",
    Path: "a folder",
}


def _setting(name: str, default: str, read: Callable[[str], Any], description: str) -> Any:
    """A field read from the variable `name`; `default` is written as the variable would be."""
    metadata = {"name": name, "default": default, "read": read, "description": description}
    return field(metadata=metadata, default_factory=lambda: read(default))


@dataclass(frozen=True)
class Settings:
    """What can be set from the environment; each field names its variable and its meaning."""

    home: Path = _setting(
        "ARIADNE_HOME",
        "var",
        Path,
        "Folder of all state: database, synced registry, indexes, models, logs.",
    )
    host: str = _setting("HOST", "127.0.0.1", _text, "Address the front door listens on.")
    port: int = _setting(
        "PORT", "8080", _port, "Port the front door listens on; 0 takes a free one."
    )
    database: str = _setting(
        "ARIADNE_DATABASE_URL",
        "",
        _text,
        "SQLAlchemy URL of the store (`postgresql://…`); empty: SQLite in `ARIADNE_HOME`.",
    )
    database_timeout_s: float = _setting(
        "ARIADNE_DATABASE_TIMEOUT_S",
        "1",
        _number_of("seconds", 0, 60),
        "Seconds to wait for a locked database before telling the citizen to try again.",
    )
    rasa_port: int = _setting(
        "ARIADNE_RASA_PORT", "0", _port, "Loopback port of the Rasa server; 0 takes a free one."
    )
    actions_port: int = _setting(
        "ARIADNE_ACTIONS_PORT",
        "0",
        _port,
        "Loopback port of the action server; 0 takes a free one.",
    )
    start_timeout_s: float = _setting(
        "ARIADNE_START_TIMEOUT_S",
        "120",
        _number_of("seconds", 1, 3600),
        "Seconds that the Rasa and action servers may take until they answer.",
    )
    language: str = _setting(
        "ARIADNE_LANGUAGE",
        "el",
        _one_of("el", "en"),
        "Language of a conversation when neither citizen nor browser names one.",
    )
    turn_deadline_s: float = _setting(
        "ARIADNE_TURN_DEADLINE_S",
        "10",
        _number_of("seconds", 0.01, 300),
        "Seconds that the engine may take for one turn before the citizen gets a polite text.",
    )
    message_characters: int = _setting(
        "ARIADNE_MESSAGE_CHARACTERS", "2000", _count, "Longest message of a citizen, in characters."
    )
    body_bytes: int = _setting(
        "ARIADNE_BODY_BYTES", "65536", _count, "Largest body of a request, in bytes."
    )
    conversation_rate: int = _setting(
        "ARIADNE_CONVERSATION_RATE", "60", _count, "Messages a minute in one conversation."
    )
    address_rate: int = _setting(
        "ARIADNE_ADDRESS_RATE", "300", _count, "API requests a minute from one address."
    )
    global_rate: int = _setting(
        "ARIADNE_GLOBAL_RATE", "30000", _count, "API requests a minute from everybody together."
    )
    address_conversations: int = _setting(
        "ARIADNE_ADDRESS_CONVERSATIONS", "60", _count, "New conversations an hour from one address."
    )
    unlimited_networks: tuple[Network, ...] = _setting(
        "ARIADNE_UNLIMITED_NETWORKS",
        "127.0.0.0/8,::1/128",
        _networks,
        "Networks without limits per address: this machine, where a reverse proxy may run.",
    )
    sockets_per_conversation: int = _setting(
        "ARIADNE_SOCKETS_PER_CONVERSATION", "5", _count, "Open WebSockets of one conversation."
    )
    proxy_header: str = _setting(
        "ARIADNE_PROXY_HEADER",
        "",
        _text,
        "Header in which the trusted proxy appends the citizen's address (`X-Forwarded-For`); "
        "empty: the peer's address counts.",
    )
    allowed_origins: tuple[str, ...] = _setting(
        "ARIADNE_ALLOWED_ORIGINS",
        "",
        _words,
        "Origins of other sites that embed the widget, comma-separated "
        "(`https://www.example.gr`); `*` allows all.",
    )
    frame_ancestors: str = _setting(
        "ARIADNE_FRAME_ANCESTORS",
        "'none'",
        _text,
        "Who may show our own pages in a frame, as in CSP `frame-ancestors`.",
    )
    retention_days: int = _setting(
        "ARIADNE_RETENTION_DAYS",
        "90",
        _whole(1, 3650),
        "Days after its last message that a conversation is deleted.",
    )
    sync_every_hours: float = _setting(
        "ARIADNE_SYNC_EVERY_HOURS",
        "0",
        _number_of("hours", 0, 8760),
        "Hours between syncs with the registry, each with a build; 0: only by hand.",
    )
    log: str = _setting(
        "ARIADNE_LOG",
        "",
        _text,
        "File of the front door's JSON lines; `-`: standard error; empty: "
        "`logs/front_door.jsonl` in `ARIADNE_HOME`.",
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Reads the settings from `environment` (default: the process's own).

        Raises:
            SettingError: a variable's value does not fit; the message names it.
        """
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for setting in fields(cls):
            name, read = setting.metadata["name"], setting.metadata["read"]
            value = environment.get(name, "").strip()
            if not value:
                continue
            try:
                values[setting.name] = read(value)
            except ValueError:
                expected = _EXPECTED.get(read) or read.__doc__
                raise SettingError(f"{name} must be {expected}, not {value!r}") from None
        return cls(**values)

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the store."""
        return self.database or f"sqlite:///{(self.home / 'ariadne.db').resolve()}"

    @property
    def logs(self) -> Path:
        """Folder of the log files."""
        return self.home / "logs"

    @property
    def models(self) -> Path:
        """Folder of the trained Rasa models."""
        return self.home / "models"

    @property
    def rasa_url(self) -> str:
        """Where the Rasa server answers, on this machine."""
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        """Where the action server answers, on this machine."""
        return f"http://127.0.0.1:{self.actions_port}"

    def child_environment(self, **extra: str) -> dict[str, str]:
        """The environment for a child process that must see these settings."""
        return {
            **os.environ,
            "ARIADNE_HOME": str(self.home.resolve()),
            "ARIADNE_RASA_PORT": str(self.rasa_port),
            "ARIADNE_ACTIONS_PORT": str(self.actions_port),
            **extra,
        }
