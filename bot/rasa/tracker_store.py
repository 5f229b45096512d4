"""Rasa's memory of conversations: what is talked about and the last turn, one row each.

Rasa's own SQL store keeps every event for ever and reads them all back each turn. The transcript is
kept, redacted, by the front door; here a turn costs the same in the hundredth turn as in the first,
and forgetting a citizen is deleting a row. The database may be shared by several Rasa servers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import StaticPool

from bot.store.database import connect, one_at_a_time

LOCKED_S = 2
"""Seconds to wait for a locked database."""
ACTION_LISTEN = "action_listen"
STARTING = (UserUttered, SessionStarted, Restarted)
"""Events before which nothing is kept: the turn starts there, or all starts anew."""
DROPPED = (SessionStarted, Restarted, SlotSet, ActiveLoop, DefinePrevUserUtteredFeaturization)
"""Events that are kept as state, or that nobody reads again."""

metadata = sa.MetaData()
trackers = sa.Table(
    "trackers",
    metadata,
    sa.Column("sender_id", sa.String(64), primary_key=True),
    sa.Column("events", sa.Text, nullable=False),
    sa.Column("updated", sa.Float, nullable=False, index=True),
)


class RecentTrackerStore(TrackerStore):  # type: ignore[misc]
    """Keeps the slots and the last turn of each conversation in any database by URL."""

    def __init__(
        self, domain: Any = None, host: str = "sqlite://", event_broker: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self._engine = _engine(host)
        self._keep = _KEEP[self._engine.dialect.name]
        with self._engine.begin() as connection:
            one_at_a_time(connection)
            metadata.create_all(connection)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as it stood after its last turn; `None` if it is not known."""
        with self._engine.connect() as connection:
            row = connection.execute(
                sa.select(trackers.c.events).where(trackers.c.sender_id == sender_id)
            ).first()
        if row is None:
            return None
        events = deserialise_events(json.loads(row.events))
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Replaces what was kept of the conversation."""
        await self.stream_events(tracker)
        events = json.dumps([event.as_dict() for event in recent(tracker)])
        row = {"sender_id": tracker.sender_id, "events": events, "updated": time.time()}
        with self._engine.begin() as connection:
            connection.execute(self._keep, row)

    async def forget(self, sender_id: str) -> bool:
        """Deletes a conversation; tells whether there was one."""
        with self._engine.begin() as connection:
            deleted = connection.execute(trackers.delete().where(trackers.c.sender_id == sender_id))
        return bool(deleted.rowcount)

    async def keys(self) -> Iterable[str]:
        """The ids of the conversations kept."""
        with self._engine.connect() as connection:
            return [row.sender_id for row in connection.execute(sa.select(trackers.c.sender_id))]

    def ping(self) -> None:
        """Raises SQLAlchemy's error where the database does not answer."""
        with self._engine.connect() as connection:
            connection.execute(sa.select(trackers.c.sender_id).limit(1))


def fail_rather_than_forget() -> None:
    """Lets a turn fail when its conversation cannot be read or kept, so that it can be repeated.

    Rasa would go on with an empty conversation, and keep that one in the place of the citizen's.
    """

    def fail(_store: FailSafeTrackerStore, error: Exception) -> None:
        raise error

    FailSafeTrackerStore.on_tracker_store_error = fail
    FailSafeTrackerStore.on_tracker_store_retrieve_error = fail


fail_rather_than_forget()


def _replacing(insert: Any) -> Any:
    statement = insert(trackers)
    kept = {"events": statement.excluded.events, "updated": statement.excluded.updated}
    return statement.on_conflict_do_update(index_elements=["sender_id"], set_=kept)


_KEEP = {"sqlite": _replacing(sqlite.insert), "postgresql": _replacing(postgresql.insert)}
"""Keeps a conversation in the place of what was kept of it; by dialect."""


def recent(tracker: DialogueStateTracker) -> list[Event]:
    """Events from which the tracker's slots, its form and its last turn can be made again."""
    events = list(tracker.events)
    starts = [place for place, event in enumerate(events) if isinstance(event, STARTING)]
    last_turn = events[starts[-1] :] if starts else events
    kept = [event for event in last_turn if not isinstance(event, DROPPED)]
    state: list[Event] = [
        SlotSet(name, slot.value)
        for name, slot in tracker.slots.items()
        if slot.value != slot.initial_value
    ]
    if tracker.active_loop:
        state.append(ActiveLoop(tracker.active_loop_name))
    return [ActionExecuted(ACTION_LISTEN), *state, *map(_light, kept)]


def _light(event: Event) -> Event:
    """The event without what can be looked up again or nobody reads."""
    if isinstance(event, BotUttered):
        data = {"buttons": event.data.get("buttons")}
        return BotUttered(event.text, data, event.metadata, event.timestamp)
    return event


def _engine(url: str) -> sa.engine.Engine:
    """The database's connections; SQLite's is one, kept open, with a write-ahead log."""
    if sa.engine.make_url(url).get_backend_name() != "sqlite":
        return connect(url, LOCKED_S)
    engine = sa.create_engine(
        url,
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "timeout": LOCKED_S},
        hide_parameters=True,
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
    return engine
