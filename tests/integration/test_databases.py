"""Front doors over SQLite and PostgreSQL: locked, away, read-only, shared by several."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from citizens import TEXTS, Citizen, FrontDoor, Opener

from bot.engine import Reply
from bot.errors import StartError
from bot.store import Store
from tests.databases import Database, OnPostgreSQL
from tests.services import PostgreSQL

QUESTION = "τι χρειάζομαι για διαβατήριο 🛂"
NOBODYS_PORT = 1
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def door(open_door: Opener, database: Database) -> FrontDoor:
    return await open_door(database=database.url)


async def refused_politely(citizen: Citizen, **body: str) -> None:
    response = await citizen.post(**body)
    assert response.status == 503
    assert response.headers["Retry-After"] == "2"
    told = (await response.json())["error"]
    assert told == {"code": "busy", "message": TEXTS.say("error_busy", "el")}


async def asked(door: FrontDoor) -> None:
    """Waits until the engine is asked for a reply."""

    async def watch() -> None:
        while not door.engine.turns:
            await asyncio.sleep(0)

    await asyncio.wait_for(watch(), 10)


# Both kinds ----------------------------------------------------------------------------------


async def test_a_locked_database_is_told_politely_and_the_message_can_be_sent_again(
    citizen: Citizen, database: Database
) -> None:
    with database.locked():
        await refused_politely(citizen, text=QUESTION, message_id="m1")
    await citizen.say(QUESTION, message_id="m1")
    assert await citizen.said() == [QUESTION]


async def test_an_answer_that_could_not_be_stored_is_not_asked_for_again(
    door: FrontDoor, citizen: Citizen, database: Database
) -> None:
    door.engine.gate = asyncio.Event()
    turn = asyncio.create_task(citizen.post(text=QUESTION, message_id="m1"))
    await asked(door)
    with database.locked():
        door.engine.gate.set()
        assert (await turn).status == 503
    assert (await citizen.say(QUESTION, message_id="m1"))[0]["text"] == QUESTION
    assert len(door.engine.turns) == 1


@pytest.mark.parametrize("name", ["%00", "{}%00", "%ED%A0%80", "%F0%9F%9B%82", "c" * 5000])
async def test_a_strange_conversation_is_not_found(citizen: Citizen, name: str) -> None:
    path = f"/api/conversations/{name.format(citizen.id)}/messages"
    response = await citizen.http.get(path, headers=citizen.headers)
    assert response.status == 404


@pytest.mark.parametrize("name", ["%00", "%ED%A0%80", "%F0%9F%9B%82", "m" * 5000])
async def test_a_strange_place_to_catch_up_from_is_refused(citizen: Citizen, name: str) -> None:
    path = f"{citizen.path}/messages?after={name}"
    response = await citizen.http.get(path, headers=citizen.headers)
    assert (response.status, (await response.json())["error"]["code"]) == (400, "message_unknown")


@pytest.mark.parametrize("payload", ["/help\x00", "\x00", "/🛂"])
async def test_a_strange_payload_is_refused(citizen: Citizen, payload: str) -> None:
    response = await citizen.post(payload=payload)
    code = (await response.json())["error"]["code"]
    assert (response.status, code) == (400, "payload_not_issued")


async def test_an_answer_with_a_nul_is_still_an_answer(door: FrontDoor, citizen: Citizen) -> None:
    door.engine.script = {QUESTION: [Reply("α\x00β 🛂", card={"title": "α\x00β"})]}
    assert (await citizen.say(QUESTION))[0]["card"] == {"title": "α\x00β"}
    assert (await citizen.messages())[-1]["text"] == "α\ufffdβ 🛂"


# PostgreSQL that goes away ---------------------------------------------------------------------


@pytest.fixture
async def far_door(open_door: Opener, on_postgresql: OnPostgreSQL) -> FrontDoor:
    return await open_door(database=on_postgresql.url)


@pytest.fixture
async def far_citizen(far_door: FrontDoor) -> Citizen:
    return await far_door.citizen(language="el")


@pytest.mark.services
async def test_while_the_database_is_away_citizens_are_told_and_afterwards_nothing_is_lost(
    far_door: FrontDoor, far_citizen: Citizen, postgresql: PostgreSQL
) -> None:
    await far_citizen.say("πριν")
    with postgresql.away():
        await refused_politely(far_citizen, text=QUESTION, message_id="m1")
        assert (await far_door.http.post("/api/conversations")).status == 503
        health = await far_door.http.get("/health")
        assert (health.status, (await health.json())["parts"]["store"]) == (503, "down")
    await far_citizen.say(QUESTION, message_id="m1")
    assert await far_citizen.said() == ["πριν", QUESTION]
    assert (await far_door.http.get("/health")).status == 200


@pytest.mark.services
async def test_an_answer_that_comes_while_the_database_is_away_is_kept_for_the_next_try(
    far_door: FrontDoor, far_citizen: Citizen, postgresql: PostgreSQL
) -> None:
    far_door.engine.gate = asyncio.Event()
    turn = asyncio.create_task(far_citizen.post(text=QUESTION, message_id="m1"))
    await asked(far_door)
    with postgresql.away():
        far_door.engine.gate.set()
        assert (await turn).status == 503
    (reply,) = await far_citizen.say(QUESTION, message_id="m1")
    assert reply["text"] == QUESTION
    assert len(far_door.engine.turns) == 1


@pytest.mark.services
async def test_connections_that_the_database_closed_are_not_noticed(
    far_citizen: Citizen, on_postgresql: OnPostgreSQL
) -> None:
    on_postgresql.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        f" WHERE datname = '{on_postgresql.name}' AND usename = 'ariadne'"
    )
    await far_citizen.say(QUESTION)


@pytest.mark.services
async def test_a_database_that_may_only_be_read_is_told_politely(
    open_door: Opener, on_postgresql: OnPostgreSQL
) -> None:
    door = await open_door(database=on_postgresql.url)
    citizen = await door.citizen(language="el")
    name = on_postgresql.name
    on_postgresql.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    replica = await open_door(database=on_postgresql.url)
    await refused_politely(replace(citizen, http=replica.http), text=QUESTION)


# PostgreSQL that several share -------------------------------------------------------------------


@pytest.fixture
async def doors(open_door: Opener, on_postgresql: OnPostgreSQL) -> list[FrontDoor]:
    return [await open_door(database=on_postgresql.url, database_timeout_s=10) for _ in range(2)]


def at(citizen: Citizen, door: FrontDoor) -> Citizen:
    """The citizen, whose next request the load balancer sends to that front door."""
    return replace(citizen, http=door.http)


@pytest.mark.services
async def test_a_conversation_begun_at_one_front_door_goes_on_at_another(
    doors: list[FrontDoor],
) -> None:
    one, two = doors
    citizen = await one.citizen(language="el")
    await citizen.say("ένα")
    await at(citizen, two).say("δύο")
    assert await citizen.said() == ["ένα", "δύο"]
    assert (await two.http.delete(citizen.path, headers=citizen.headers)).status == 204
    assert (await citizen.post(text="τρία")).status == 404


@pytest.mark.services
async def test_many_citizens_at_two_front_doors_get_all_their_answers(
    doors: list[FrontDoor],
) -> None:
    async def visit(number: int) -> list[str]:
        citizen = await doors[number % 2].citizen(language="el")
        for turn in range(5):
            await at(citizen, doors[(number + turn) % 2]).say(f"{number} {turn}")
        return [message["text"] for message in await citizen.messages()][1:]

    visits = await asyncio.gather(*map(visit, range(20)))
    assert visits == [
        [f"{number} {turn}" for turn in range(5) for _ in ("asked", "answered")]
        for number in range(20)
    ]


@pytest.mark.services
async def test_a_message_sent_to_two_front_doors_is_one_message_with_one_reply(
    doors: list[FrontDoor],
) -> None:
    one, two = doors
    citizen = await one.citizen(language="el")
    one.engine.gate = asyncio.Event()
    slow = asyncio.create_task(citizen.say(QUESTION, message_id="m1"))
    await asked(one)
    replies = await at(citizen, two).say(QUESTION, message_id="m1")
    one.engine.gate.set()
    assert await slow == replies
    assert [m["text"] for m in await citizen.messages()][1:] == [QUESTION, QUESTION]


# Starting on PostgreSQL ---------------------------------------------------------------------------


STARTING = """
import sys, alembic.command
from bot.store import Store
print("ready", flush=True)
sys.stdin.read()
Store.open(sys.argv[1])
"""


@pytest.mark.services
def test_the_tables_are_made_once_by_processes_that_start_together(postgresql: PostgreSQL) -> None:
    database = OnPostgreSQL(postgresql, postgresql.new())
    command = [sys.executable, "-c", STARTING, database.url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    processes = [subprocess.Popen(command, cwd=ROOT, **pipes) for _ in range(3)]
    for process in processes:
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        process.stdin.close()
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert database.execute("SELECT count(*) FROM alembic_version") == [(1,)]


@pytest.mark.services
def test_opening_again_changes_no_table(on_postgresql: OnPostgreSQL) -> None:
    tables = "SELECT oid, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    before = on_postgresql.execute(tables)
    Store.open(on_postgresql.url).close()
    assert before
    assert on_postgresql.execute(tables) == before


@pytest.mark.services
def test_parameters_of_the_url_are_kept(
    postgresql: PostgreSQL, on_postgresql: OnPostgreSQL
) -> None:
    on_postgresql.execute("CREATE SCHEMA bot AUTHORIZATION ariadne")
    url = f"{on_postgresql.url}?options=-csearch_path%3Dbot&application_name=front"
    with closing(Store.open(url)):
        connected = on_postgresql.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'front'"
        )
        assert connected == [(1,)]
    assert on_postgresql.execute("SELECT count(*) FROM bot.conversations") == [(0,)]


@pytest.mark.services
@pytest.mark.parametrize("reason", ["password", "port", "name"])
def test_a_database_that_cannot_be_reached_is_one_plain_line(
    postgresql: PostgreSQL, reason: str
) -> None:
    urls = {
        "password": postgresql.url("postgres", password="another secret"),
        "port": postgresql.url("postgres").replace(f":{postgresql.port}/", f":{NOBODYS_PORT}/"),
        "name": postgresql.url("nothing"),
    }
    with pytest.raises(StartError, match="The database cannot be opened: ") as raised:
        Store.open(urls[reason])
    assert "\n" not in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.mark.services
def test_a_database_that_cannot_keep_greek_is_refused_at_the_start(postgresql: PostgreSQL) -> None:
    with pytest.raises(StartError, match="encoding is SQL_ASCII"):
        Store.open(postgresql.new(encoding="SQL_ASCII"))
