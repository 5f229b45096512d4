import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    Restarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import OperationalError

from bot.rasa.tracker_store import RecentTrackerStore
from tests.databases import Database
from tests.services import PostgreSQL

DOMAIN = Domain.from_dict(
    {
        "slots": {
            "procedure": {
                "type": "text",
                "influence_conversation": False,
                "mappings": [{"type": "custom"}],
            }
        }
    }
)


@pytest.fixture
def url(database: Database, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("bot.rasa.tracker_store.LOCKED_S", 0.05)
    return database.url


def tracker_of(*events: Event) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("c1", list(events), DOMAIN.slots)


def kept(url: str, tracker: DialogueStateTracker) -> DialogueStateTracker:
    """The tracker after saving, and reading by a process started anew."""
    asyncio.run(RecentTrackerStore(DOMAIN, url).save(tracker))
    found = asyncio.run(RecentTrackerStore(DOMAIN, url).retrieve("c1"))
    assert found is not None
    return found


def turn(number: int) -> list[Event]:
    return [
        ActionExecuted("action_listen"),
        UserUttered(f"question {number}", {"name": "ask_procedure"}),
        ActionExecuted("action_answer"),
        BotUttered(f"answer {number}", {"custom": {"card": {}}, "buttons": []}),
    ]


def test_what_is_talked_about_survives_a_restart_of_the_process(url: str) -> None:
    begun = ActionExecuted("action_session_start")
    assert (
        kept(url, tracker_of(begun, *turn(1), SlotSet("procedure", "7"))).get_slot("procedure")
        == "7"
    )


def test_a_slot_is_remembered_however_many_turns_ago_it_was_set(url: str) -> None:
    later = [event for number in range(20) for event in turn(number)]
    assert kept(url, tracker_of(SlotSet("procedure", "7"), *later)).get_slot("procedure") == "7"


def test_a_conversation_does_not_grow(url: str) -> None:
    long = kept(url, tracker_of(*(event for number in range(20) for event in turn(number))))
    short = kept(url, tracker_of(*turn(1), *turn(2)))
    assert len(long.events) == len(short.events)


def test_the_last_thing_said_is_kept_without_its_card(url: str) -> None:
    said = kept(url, tracker_of(*turn(1), *turn(2))).latest_bot_utterance
    assert said.text == "answer 2"
    assert "custom" not in said.data


def test_a_form_stays_open(url: str) -> None:
    form = kept(url, tracker_of(*turn(1), ActiveLoop("booking_form"), *turn(2), *turn(3)))
    assert form.active_loop_name == "booking_form"


def test_starting_again_forgets_everything_said_before(url: str) -> None:
    again = kept(url, tracker_of(*turn(1), SlotSet("procedure", "7"), Restarted()))
    assert again.get_slot("procedure") is None
    assert not [event for event in again.events if isinstance(event, BotUttered)]


def test_a_conversation_without_a_word_is_kept(url: str) -> None:
    assert kept(url, tracker_of(ActionExecuted("action_listen"))).latest_message.text is None


def test_a_forgotten_conversation_is_gone(url: str) -> None:
    store = RecentTrackerStore(DOMAIN, url)
    asyncio.run(store.save(tracker_of(*turn(1))))
    assert asyncio.run(store.forget("c1"))
    assert asyncio.run(store.retrieve("c1")) is None


def test_forgetting_an_unknown_conversation_is_no_fault(url: str) -> None:
    assert not asyncio.run(RecentTrackerStore(DOMAIN, url).forget("nobody"))


def test_a_conversation_that_cannot_be_kept_fails_the_turn_and_shows_no_word_of_it(
    url: str, database: Database
) -> None:
    before = tracker_of(*turn(1), SlotSet("procedure", "7"))
    store = FailSafeTrackerStore(RecentTrackerStore(DOMAIN, url))
    asyncio.run(store.save(before))
    with database.locked(), pytest.raises(OperationalError) as raised:
        asyncio.run(store.save(tracker_of(*turn(2))))
    assert "question" not in str(raised.value)
    found = asyncio.run(store.retrieve("c1"))
    assert found.get_slot("procedure") == "7"


def test_a_conversation_that_cannot_be_read_fails_the_turn(url: str, database: Database) -> None:
    store = FailSafeTrackerStore(RecentTrackerStore(DOMAIN, url))
    database.execute("DROP TABLE trackers")
    with pytest.raises(Exception, match="trackers"):
        asyncio.run(store.retrieve("c1"))


@pytest.mark.services
def test_two_servers_may_start_together_and_keep_the_same_new_conversation_at_the_same_time(
    postgresql: PostgreSQL,
) -> None:
    url = postgresql.new()
    with ThreadPoolExecutor(2) as threads:
        stores = list(threads.map(lambda _: RecentTrackerStore(DOMAIN, url), range(2)))
        for number in range(10):
            tracker = DialogueStateTracker.from_events(f"c{number}", turn(number), DOMAIN.slots)
            list(threads.map(lambda store, one=tracker: asyncio.run(store.save(one)), stores))
    assert set(asyncio.run(stores[0].keys())) == {f"c{number}" for number in range(10)}
