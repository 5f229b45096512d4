"""The citizen's interface over HTTP: what it does, what it refuses, what it limits."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from ipaddress import ip_network

import pytest
from citizens import TEXTS, Citizen, FrontDoor, Opener

from bot.engine import Reply
from bot.store.records import Button

PASSPORT = Reply(
    "Για διαβατήριο χρειάζεστε…",
    buttons=(Button("Κόστος", '/ask_aspect{"aspect":"cost"}'),),
    card={"title": "Έκδοση διαβατηρίου"},
    answer={
        "outcome": "answered",
        "procedure_id": "144400",
        "aspect": "documents",
        "sources": [{"title": "Μίτος", "url": "https://id.mitos.gov.gr/144400"}],
        "score": 0.9,
    },
    intent="ask_procedure",
)
QUESTION = "τι χρειάζομαι για διαβατήριο"
COST = '/ask_aspect{"aspect":"cost"}'
EVERYBODY_LIMITED = {"unlimited_networks": ()}


async def error(response) -> tuple[int, str, str]:
    body = (await response.json())["error"]
    return response.status, body["code"], body["message"]


async def until(happened: Callable[[], object]) -> None:
    """Waits for something that other tasks bring about."""

    async def watch() -> None:
        while not happened():
            await asyncio.sleep(0)

    await asyncio.wait_for(watch(), 10)


def text(key: str, language: str, **values: object) -> str:
    return TEXTS.say(key, language, **values)


# Conversations -------------------------------------------------------------------------------


async def test_a_conversation_begins_by_saying_that_a_machine_talks(door: FrontDoor) -> None:
    citizen = await door.citizen(language="el")
    assert "Μιλάτε με πρόγραμμα" in citizen.welcome[0]["text"]
    assert citizen.welcome[0]["from"] == "bot"


async def test_the_browsers_language_counts_where_none_is_chosen(door: FrontDoor) -> None:
    headers = {"Accept-Language": "xx, en-GB;q=0.8, el;q=0.2"}
    response = await door.http.post("/api/conversations", headers=headers)
    assert (await response.json())["language"] == "en"


async def test_a_language_without_texts_is_served_in_english(door: FrontDoor) -> None:
    response = await door.http.post("/api/conversations", json={"language": "fi"})
    assert (await response.json())["language"] == "en"


async def test_a_language_nobody_knows_is_refused(door: FrontDoor) -> None:
    response = await door.http.post("/api/conversations", json={"language": "klingon"})
    assert (await error(response))[:2] == (400, "language_unknown")


async def test_a_channel_nobody_knows_is_refused(door: FrontDoor) -> None:
    response = await door.http.post("/api/conversations", json={"channel": "fax"})
    assert (await error(response))[:2] == (400, "field_invalid")


async def test_the_token_is_stored_only_as_a_hash(door: FrontDoor, citizen: Citizen) -> None:
    with closing(sqlite3.connect(door.home / "ariadne.db")) as database:
        dump = "\n".join(database.iterdump())
    assert citizen.id in dump
    assert citizen.token not in dump


# Turns ---------------------------------------------------------------------------------------


async def test_a_message_gets_the_engines_answer(door: FrontDoor, citizen: Citizen) -> None:
    door.engine.script = {QUESTION: [PASSPORT]}
    (message,) = await citizen.say(QUESTION)
    assert message["text"] == PASSPORT.text
    assert message["card"] == PASSPORT.card
    assert message["buttons"] == [{"title": "Κόστος", "payload": COST}]
    assert message["answer"] == {
        "outcome": "answered",
        "procedure_id": "144400",
        "aspect": "documents",
        "sources": PASSPORT.answer["sources"],
    }


async def test_the_engine_gets_language_and_channel(door: FrontDoor) -> None:
    citizen = await door.citizen(language="el", channel="phone")
    await citizen.say("καλημέρα")
    assert door.engine.turns == [(citizen.id, "καλημέρα", "el", "phone")]


async def test_both_sides_of_a_turn_are_kept_in_order(citizen: Citizen) -> None:
    await citizen.say("καλημέρα")
    kept = [(m["from"], m["text"]) for m in await citizen.messages()]
    assert kept[1:] == [("citizen", "καλημέρα"), ("bot", "καλημέρα")]


async def test_emoji_come_back_whole(citizen: Citizen) -> None:
    family = "👨‍👩‍👧 🇬🇷 ευχαριστώ"
    assert (await citizen.say(family))[0]["text"] == family


async def test_control_characters_are_dropped(door: FrontDoor, citizen: Citizen) -> None:
    await citizen.say("δια\x00βατ\x1bήριο\u202e τώρα\x07")
    assert door.engine.turns[0][1] == "διαβατήριο τώρα"


async def test_personal_numbers_reach_neither_engine_nor_store(
    door: FrontDoor, citizen: Citizen
) -> None:
    await citizen.say("το ΑΦΜ μου είναι 123456783")
    assert "123456783" not in door.engine.turns[0][1]
    assert all("123456783" not in text for text in await citizen.said())


async def test_danger_is_answered_with_numbers_and_without_the_engine(
    door: FrontDoor, citizen: Citizen
) -> None:
    (message,) = await citizen.say("θέλω να πεθάνω")
    assert message["answer"]["outcome"] == "crisis"
    assert "1018" in message["text"]
    assert door.engine.turns == []


async def test_danger_is_answered_when_the_engine_is_down(
    door: FrontDoor, citizen: Citizen
) -> None:
    door.engine.down = True
    (message,) = await citizen.say("θέλω να πεθάνω")
    assert "1018" in message["text"]


# Languages -----------------------------------------------------------------------------------


async def test_the_conversation_follows_a_citizen_who_changes_language(
    door: FrontDoor, citizen: Citizen
) -> None:
    await citizen.say("can we please speak English")
    await citizen.say("123")
    assert [turn[2] for turn in door.engine.turns] == ["en", "en"]


async def test_a_chosen_language_outlasts_one_foreign_word(
    door: FrontDoor, citizen: Citizen
) -> None:
    await citizen.say("passport")
    assert door.engine.turns[0][2] == "el"


async def test_a_chosen_language_yields_to_greek_letters(door: FrontDoor) -> None:
    citizen = await door.citizen(language="en")
    await citizen.say("διαβατήριο")
    assert door.engine.turns[0][2] == "el"


async def test_the_language_can_be_chosen_later(door: FrontDoor, citizen: Citizen) -> None:
    path = f"{citizen.path}/language"
    response = await door.http.post(path, json={"language": "en"}, headers=citizen.headers)
    assert await response.json() == {"language": "en"}
    await citizen.say("123")
    assert door.engine.turns[0][2] == "en"


async def test_a_refusal_speaks_the_conversations_language(door: FrontDoor) -> None:
    citizen = await door.citizen(language="en")
    response = await citizen.post(text="   ")
    assert await error(response) == (400, "text_empty", text("error_text_empty", "en"))


# Refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("empty", ["", "  \n\t", "\u200b\u200b", "\x00", "///", "/"])
async def test_an_empty_text_is_refused_politely(citizen: Citizen, empty: str) -> None:
    response = await citizen.post(text=empty)
    assert await error(response) == (400, "text_empty", text("error_text_empty", "el"))


async def test_a_text_of_2000_characters_is_taken(citizen: Citizen) -> None:
    assert (await citizen.say("ά" * 2000))[0]["text"] == "ά" * 2000


@pytest.mark.parametrize("length", [2001, 10_000])
async def test_a_longer_text_is_refused(citizen: Citizen, length: int) -> None:
    response = await citizen.post(text="α" * length)
    message = text("error_text_too_long", "el", characters=2000)
    assert await error(response) == (400, "text_too_long", message)


async def test_a_body_beyond_the_limit_is_refused(citizen: Citizen) -> None:
    response = await citizen.post(text="α" * 100_000)
    assert (await error(response))[:2] == (413, "body_too_large")


@pytest.mark.parametrize("raw", [b"text=hello", b"{", b"[1]", b'"text"', b"\xff\xfe", b'"\\ud800"'])
async def test_what_is_no_json_object_is_refused(citizen: Citizen, raw: bytes) -> None:
    path = f"{citizen.path}/messages"
    response = await citizen.http.post(path, data=raw, headers=citizen.headers)
    assert (await error(response))[:2] == (400, "not_json")


@pytest.mark.parametrize(
    "body",
    [
        {"text": 5},
        {"text": ["γεια"]},
        {"text": {"a": 1}},
        {"payload": 5},
        {"payload": "/x" * 300},
        {"text": "γεια", "message_id": 7},
        {"text": "γεια", "message_id": "x" * 65},
        {"text": "γεια", "message_id": "a b"},
    ],
)
async def test_a_field_of_the_wrong_kind_is_refused(citizen: Citizen, body: dict) -> None:
    assert (await error(await citizen.post(**body)))[:2] == (400, "field_invalid")


@pytest.mark.parametrize("body", [{}, {"text": "γεια", "payload": "/help"}])
async def test_either_a_text_or_a_payload_is_needed(citizen: Citizen, body: dict) -> None:
    assert (await error(await citizen.post(**body)))[:2] == (400, "text_or_payload")


async def test_a_message_id_of_the_bots_own_message_is_refused(citizen: Citizen) -> None:
    response = await citizen.post(text="γεια", message_id=citizen.welcome[0]["id"])
    assert (await error(response))[:2] == (400, "field_invalid")


async def test_an_issued_payload_reaches_the_engine(door: FrontDoor, citizen: Citizen) -> None:
    door.engine.script = {QUESTION: [PASSPORT]}
    await citizen.say(QUESTION)
    response = await citizen.post(payload=COST)
    assert response.status == 200
    assert door.engine.turns[-1][1] == COST
    assert (await citizen.said())[-1] == "Κόστος"


async def test_a_payload_that_was_not_issued_is_refused(door: FrontDoor, citizen: Citizen) -> None:
    response = await citizen.post(payload='/greet{"verified":"yes"}')
    message = text("error_payload_not_issued", "el")
    assert await error(response) == (400, "payload_not_issued", message)
    assert door.engine.turns == []


async def test_a_payload_of_another_conversation_is_refused(
    door: FrontDoor, citizen: Citizen
) -> None:
    door.engine.script = {QUESTION: [PASSPORT]}
    await citizen.say(QUESTION)
    stranger = await door.citizen(language="el")
    assert (await error(await stranger.post(payload=COST)))[1] == "payload_not_issued"


@pytest.mark.parametrize(
    "typed",
    [
        '/greet{"verified":"yes"}',
        ' /greet{"verified":"yes"}',
        '//greet{"verified":"yes"}',
        '\x00/greet{"verified":"yes"}',
        '/ /greet{"verified":"yes"}',
    ],
)
async def test_a_typed_payload_is_read_as_text(
    door: FrontDoor, citizen: Citizen, typed: str
) -> None:
    await citizen.say(typed)
    assert door.engine.turns[0][1] == 'greet{"verified":"yes"}'


async def test_a_request_without_a_token_is_refused(citizen: Citizen) -> None:
    response = await citizen.http.get(f"{citizen.path}/messages")
    assert (await error(response))[:2] == (401, "unauthorised")


async def test_the_token_of_another_conversation_is_refused(
    door: FrontDoor, citizen: Citizen
) -> None:
    stranger = await door.citizen()
    response = await door.http.get(f"{citizen.path}/messages", headers=stranger.headers)
    assert (await error(response))[:2] == (401, "unauthorised")


async def test_a_conversation_that_never_was_is_not_found(
    door: FrontDoor, citizen: Citizen
) -> None:
    response = await door.http.get("/api/conversations/none/messages", headers=citizen.headers)
    assert (await error(response))[:2] == (404, "conversation_not_found")


async def test_a_token_in_the_address_opens_nothing(citizen: Citizen) -> None:
    path = f"{citizen.path}/messages?token={citizen.token}"
    assert (await citizen.http.get(path)).status == 401


async def test_an_unknown_page_is_told_in_the_browsers_language(door: FrontDoor) -> None:
    response = await door.http.get("/nothing", headers={"Accept-Language": "en"})
    assert await error(response) == (404, "page_not_found", text("error_page_not_found", "en"))


async def test_a_wrong_method_is_refused(door: FrontDoor) -> None:
    response = await door.http.put("/api/conversations")
    assert (await error(response))[:2] == (405, "method_not_allowed")


async def test_an_accident_shows_no_traceback(
    door: FrontDoor, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> list[Reply]:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(door.engine, "turn", broken)
    response = await citizen.post(text="γεια")
    assert await error(response) == (500, "internal", text("error_internal", "el"))
    assert "secret" not in await response.text()


# Idempotency and order -------------------------------------------------------------------------


async def test_a_message_sent_twice_is_one_message(door: FrontDoor, citizen: Citizen) -> None:
    first = await citizen.say("καλημέρα", message_id="m1")
    assert await citizen.say("καλημέρα", message_id="m1") == first
    assert await citizen.said() == ["καλημέρα"]
    assert len(door.engine.turns) == 1


async def test_a_double_click_is_one_message(door: FrontDoor, citizen: Citizen) -> None:
    door.engine.gate = asyncio.Event()
    clicks = [asyncio.create_task(citizen.say("γεια", message_id="m1")) for _ in range(3)]
    await until(lambda: door.engine.turns)
    door.engine.gate.set()
    first, *others = await asyncio.gather(*clicks)
    assert others == [first, first]
    assert await citizen.said() == ["γεια"]


async def test_the_senders_message_id_is_the_messages_id(citizen: Citizen) -> None:
    await citizen.say("καλημέρα", message_id="m1")
    assert (await citizen.messages())[1]["id"] == "m1"


async def test_turns_of_one_conversation_follow_each_other(
    door: FrontDoor, citizen: Citizen
) -> None:
    await asyncio.gather(*(citizen.say(f"μήνυμα {number}") for number in range(5)))
    texts = [(m["from"], m["text"]) for m in (await citizen.messages())[1:]]
    asked, answered = texts[0::2], texts[1::2]
    assert [author for author, _ in asked] == ["citizen"] * 5
    assert [text for _, text in answered] == [text for _, text in asked]


# Trouble -------------------------------------------------------------------------------------


async def test_a_dead_engine_gets_a_polite_text_and_the_message_is_kept(
    door: FrontDoor, citizen: Citizen
) -> None:
    door.engine.down = True
    (message,) = await citizen.say(QUESTION)
    assert message["text"] == text("engine_down", "el")
    assert "answer" not in message
    assert await citizen.said() == [QUESTION]


async def test_an_engine_without_a_reply_counts_as_down(door: FrontDoor, citizen: Citizen) -> None:
    door.engine.script = {"γεια": []}
    assert (await citizen.say("γεια"))[0]["text"] == text("engine_down", "el")


async def test_a_slow_engine_gets_a_polite_text_at_the_deadline(open_door: Opener) -> None:
    door = await open_door(turn_deadline_s=0.02)
    citizen = await door.citizen(language="el")
    door.engine.gate = asyncio.Event()
    (message,) = await citizen.say(QUESTION)
    assert message["text"] == text("engine_slow", "el")
    assert await citizen.said() == [QUESTION]


async def test_a_late_answer_is_not_mixed_into_the_next_turn(open_door: Opener) -> None:
    door = await open_door(turn_deadline_s=0.02)
    citizen = await door.citizen(language="el")
    door.engine.gate = asyncio.Event()
    await citizen.say("πρώτο")
    door.engine.gate.set()
    assert [m["text"] for m in await citizen.say("δεύτερο")] == ["δεύτερο"]
    assert "πρώτο" not in [m["text"] for m in await citizen.messages() if m["from"] == "bot"]


# Limits --------------------------------------------------------------------------------------


async def refused(response, code: str) -> None:
    status, got, message = await error(response)
    assert (status, got) == (429, code)
    assert message
    assert int(response.headers["Retry-After"]) >= 1


async def test_one_conversation_may_not_flood(open_door: Opener) -> None:
    door = await open_door(conversation_rate=2)
    citizen = await door.citizen()
    for _ in range(2):
        await citizen.say("γεια")
    await refused(await citizen.post(text="γεια"), "too_many_requests")
    assert len(await citizen.said()) == 2


async def test_one_address_may_not_flood(open_door: Opener) -> None:
    door = await open_door(address_rate=2, **EVERYBODY_LIMITED)
    citizen = await door.citizen()
    await citizen.say("γεια")
    await refused(await citizen.post(text="γεια"), "too_many_requests")


async def test_one_address_may_not_open_conversations_without_end(open_door: Opener) -> None:
    door = await open_door(address_conversations=2, **EVERYBODY_LIMITED)
    await door.citizen()
    await door.citizen()
    await refused(await door.http.post("/api/conversations"), "too_many_conversations")


async def test_everybody_together_may_not_flood(open_door: Opener) -> None:
    door = await open_door(global_rate=2)
    citizen = await door.citizen()
    await citizen.say("γεια")
    await refused(await citizen.post(text="γεια"), "too_busy")


async def test_this_machine_has_no_limits_per_address(open_door: Opener) -> None:
    door = await open_door(address_rate=1, address_conversations=1)
    await door.citizen()
    await door.citizen()


async def test_behind_a_trusted_proxy_each_citizen_has_a_limit(open_door: Opener) -> None:
    door = await open_door(address_conversations=1, proxy_header="X-Forwarded-For")

    async def status(forwarded: str) -> int:
        headers = {"X-Forwarded-For": forwarded}
        return (await door.http.post("/api/conversations", headers=headers)).status

    assert await status("198.51.100.7") == 201
    assert await status("203.0.113.9, 198.51.100.7") == 429
    assert await status("198.51.100.8") == 201


async def test_the_proxy_header_is_not_believed_unless_set(open_door: Opener) -> None:
    networks = (ip_network("198.51.100.0/24"),)
    door = await open_door(address_conversations=1, unlimited_networks=networks)
    headers = {"X-Forwarded-For": "198.51.100.7"}
    assert (await door.http.post("/api/conversations", headers=headers)).status == 201
    assert (await door.http.post("/api/conversations", headers=headers)).status == 429


async def test_open_sockets_of_a_conversation_are_limited(open_door: Opener) -> None:
    door = await open_door(sockets_per_conversation=1)
    citizen = await door.citizen()
    await citizen.listen()
    response = await door.http.get(f"{citizen.path}/events", headers=citizen.headers)
    await refused(response, "too_many_sockets")


# Events --------------------------------------------------------------------------------------


async def frames(socket, count: int) -> list[dict]:
    return [await socket.receive_json(timeout=10) for _ in range(count)]


def told(received: list[dict]) -> list[str]:
    return [frame["message"]["text"] for frame in received if frame["type"] == "message"]


async def test_a_socket_tells_messages_typing_and_state(citizen: Citizen) -> None:
    socket = await citizen.listen(resume=citizen.welcome[0]["id"])
    (state,) = await frames(socket, 1)
    await citizen.say("γεια")
    received = await frames(socket, 3)
    assert state == {"type": "state", "owner": "bot", "language": "el"}
    assert [frame["type"] for frame in received] == ["message", "typing", "message"]
    assert [frame["message"]["from"] for frame in received[::2]] == ["citizen", "bot"]


async def test_a_socket_without_a_first_frame_is_told_what_comes(citizen: Citizen) -> None:
    socket = await citizen.listen()
    await citizen.say("γεια")
    assert told(await frames(socket, 4)) == ["γεια", "γεια"]


async def test_a_socket_of_a_program_may_use_the_header(citizen: Citizen) -> None:
    path = f"{citizen.path}/events?after={citizen.welcome[0]['id']}"
    socket = await citizen.http.ws_connect(path, headers=citizen.headers)
    assert (await frames(socket, 1))[0]["type"] == "state"


async def test_the_socket_never_repeats_the_token(citizen: Citizen) -> None:
    socket = await citizen.listen()
    assert socket.protocol == "ariadne"


async def test_a_socket_that_comes_back_misses_and_repeats_nothing(citizen: Citizen) -> None:
    await citizen.say("ένα")
    first = await citizen.listen(resume=None)
    seen = [f["message"] for f in await frames(first, 4) if f["type"] == "message"]
    await first.close()
    await citizen.say("δύο")
    second = await citizen.listen(resume=seen[-1]["id"])
    await citizen.say("τρία")
    received: list[dict] = []
    while len(told(received)) < 4:
        received += await frames(second, 1)
    assert told(received) == ["δύο", "δύο", "τρία", "τρία"]


async def test_messages_can_be_caught_up_over_http(citizen: Citizen) -> None:
    (reply,) = await citizen.say("ένα")
    await citizen.say("δύο")
    assert [m["text"] for m in await citizen.messages(after=reply["id"])] == ["δύο", "δύο"]


async def test_catching_up_from_an_unknown_message_is_refused(citizen: Citizen) -> None:
    path = f"{citizen.path}/messages?after=nothing"
    response = await citizen.http.get(path, headers=citizen.headers)
    assert (await error(response))[:2] == (400, "message_unknown")


async def test_resuming_from_an_unknown_message_is_told(citizen: Citizen) -> None:
    socket = await citizen.listen(resume="nothing")
    (frame,) = await frames(socket, 1)
    assert frame["error"]["code"] == "message_unknown"


@pytest.mark.parametrize("frame", ["{", "[]", "5", '{"type":"resume","after":{"a":1}}', "null"])
async def test_a_broken_first_frame_does_not_break_the_socket(citizen: Citizen, frame: str) -> None:
    socket = await citizen.listen()
    await socket.send_str(frame)
    assert (await frames(socket, 1))[0]["type"] in ("state", "error")


async def test_a_stranger_may_not_listen(citizen: Citizen) -> None:
    headers = {"Sec-WebSocket-Protocol": "ariadne, token.wrong"}
    response = await citizen.http.get(f"{citizen.path}/events", headers=headers)
    assert response.status == 401


async def test_a_plain_request_for_events_is_refused(citizen: Citizen) -> None:
    response = await citizen.http.get(f"{citizen.path}/events", headers=citizen.headers)
    assert (await error(response))[:2] == (400, "request_invalid")


async def test_deleting_closes_the_sockets(door: FrontDoor, citizen: Citizen) -> None:
    socket = await citizen.listen(resume=citizen.welcome[0]["id"])
    await frames(socket, 1)
    await door.http.delete(citizen.path, headers=citizen.headers)
    assert (await frames(socket, 1))[0] == {"type": "deleted"}
    await socket.receive()
    assert socket.close_code == 4404


# The citizen's own data ------------------------------------------------------------------------


async def test_the_export_has_everything_stored_but_the_tokens_hash(
    door: FrontDoor, citizen: Citizen
) -> None:
    door.engine.script = {QUESTION: [PASSPORT]}
    await citizen.say(QUESTION)
    response = await door.http.get(f"{citizen.path}/export", headers=citizen.headers)
    export = await response.json()
    assert "attachment" in response.headers["Content-Disposition"]
    assert [m["text"] for m in export["messages"]][1:] == [QUESTION, PASSPORT.text]
    with closing(sqlite3.connect(door.home / "ariadne.db")) as database:
        for table in ("messages", "issued_payloads", "cases"):
            rows = database.execute(f"select count(*) from {table}").fetchone()[0]
            assert len(export[table]) == rows
        columns = {row[1] for row in database.execute("pragma table_info(conversations)")}
    assert set(export["conversation"]) == columns - {"token_hash"}


async def test_deleting_removes_every_row_and_the_engines_memory(
    door: FrontDoor, citizen: Citizen
) -> None:
    await citizen.say("το μυστικό μου")
    response = await door.http.delete(citizen.path, headers=citizen.headers)
    assert response.status == 204
    assert door.engine.forgotten == [citizen.id]
    with closing(sqlite3.connect(door.home / "ariadne.db")) as database:
        dump = "\n".join(database.iterdump())
    assert citizen.id not in dump
    assert "μυστικό" not in dump


async def test_a_deleted_conversation_is_gone(door: FrontDoor, citizen: Citizen) -> None:
    await door.http.delete(citizen.path, headers=citizen.headers)
    assert (await error(await citizen.post(text="γεια")))[:2] == (404, "conversation_not_found")


async def test_deleting_works_while_the_engine_is_down(door: FrontDoor, citizen: Citizen) -> None:
    door.engine.down = True
    response = await door.http.delete(citizen.path, headers=citizen.headers)
    assert response.status == 204


async def test_old_conversations_are_purged_at_start(open_door: Opener) -> None:
    before = await open_door()
    old, new = await before.citizen(), await before.citizen()
    with closing(sqlite3.connect(before.home / "ariadne.db")) as database, database:
        database.execute(
            "update conversations set last_seen = '2020-01-01 00:00:00' where id = ?", (old.id,)
        )
    after = await open_door()
    await until(lambda: after.engine.forgotten)
    assert after.engine.forgotten == [old.id]
    response = await after.http.get(f"{new.path}/messages", headers=new.headers)
    assert response.status == 200


# The operator --------------------------------------------------------------------------------


async def test_each_turn_is_one_log_line_without_text(
    door: FrontDoor, citizen: Citizen, caplog: pytest.LogCaptureFixture
) -> None:
    door.engine.script = {QUESTION: [PASSPORT]}
    with caplog.at_level(logging.INFO, logger="ariadne.turn"):
        await citizen.say(QUESTION)
    (record,) = (record for record in caplog.records if record.name == "ariadne.turn")
    fields = record.__dict__["fields"]
    assert fields["outcome"] == "answered"
    assert fields["procedure_id"] == "144400"
    assert fields["score"] == 0.9
    assert fields["intent"] == "ask_procedure"
    assert fields["conversation"] == citizen.id
    assert QUESTION not in json.dumps(fields, ensure_ascii=False)


async def test_metrics_count_turns_errors_and_sockets(door: FrontDoor, citizen: Citizen) -> None:
    door.engine.script = {QUESTION: [PASSPORT]}
    await citizen.listen()
    await citizen.say(QUESTION)
    await citizen.post(text="")
    figures = await (await door.http.get("/metrics")).text()
    assert 'ariadne_turns_total{channel="web",language="el",outcome="answered"} 1.0' in figures
    assert 'ariadne_errors_total{code="text_empty"} 1.0' in figures
    assert "ariadne_open_websockets 1.0" in figures
    assert "ariadne_engine_seconds_count 1.0" in figures
    assert "ariadne_turn_seconds_count 1.0" in figures


async def test_health_is_ok_when_every_part_answers(door: FrontDoor) -> None:
    response = await door.http.get("/health")
    assert response.status == 200
    assert await response.json() == {"status": "ok", "parts": {"store": "ok", "engine": "ok"}}


async def test_health_is_down_without_the_engine(door: FrontDoor) -> None:
    door.engine.down = True
    response = await door.http.get("/health")
    assert response.status == 503
    assert (await response.json())["parts"]["engine"] == "down"


async def test_health_is_degraded_without_the_action_server(
    open_door: Opener, unused_tcp_port: int
) -> None:
    door = await open_door(actions_port=unused_tcp_port)
    response = await door.http.get("/health")
    assert response.status == 200
    assert await response.json() == {
        "status": "degraded",
        "parts": {"store": "ok", "engine": "ok", "actions": "down"},
    }


async def test_the_description_names_every_address_of_the_interface(door: FrontDoor) -> None:
    described = {
        (path, method.upper())
        for path, item in (await (await door.http.get("/api/openapi.json")).json())["paths"].items()
        for method in item
        if method in ("get", "post", "delete")
    }
    routes = {
        (route.resource.canonical, route.method)
        for route in door.http.app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    assert described == {(path, method) for path, method in routes if is_interface(path)}


def is_interface(path: str) -> bool:
    return path.startswith(("/api/", "/health", "/metrics"))


# The browser ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/widget.js", "/widget/ariadne.css", "/widget/texts/el.json"]
)
async def test_the_widget_is_served(door: FrontDoor, path: str) -> None:
    assert (await door.http.get(path)).status == 200


@pytest.mark.parametrize(
    "path",
    ["/widget/../app.py", "/widget/%2e%2e/app.py", "/widget/..%2fapp.py", "/widget/texts/xx.json"],
)
async def test_nothing_beside_the_widget_is_served(door: FrontDoor, path: str) -> None:
    assert (await door.http.get(path)).status in (403, 404)


async def test_every_answer_has_the_headers_of_security(door: FrontDoor) -> None:
    for path in ("/", "/health", "/nothing"):
        headers = (await door.http.get(path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "aiohttp" not in headers["Server"]


async def test_who_may_frame_the_pages_is_a_setting(open_door: Opener) -> None:
    door = await open_door(frame_ancestors="https://www.example.gr")
    headers = (await door.http.get("/")).headers
    assert "frame-ancestors https://www.example.gr" in headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers


async def test_a_conversation_is_not_cached(citizen: Citizen) -> None:
    path = f"{citizen.path}/messages"
    response = await citizen.http.get(path, headers=citizen.headers)
    assert response.headers["Cache-Control"] == "no-store"


PREFLIGHT = {"Origin": "https://www.example.gr", "Access-Control-Request-Method": "POST"}


async def test_other_sites_may_not_call_the_interface(door: FrontDoor) -> None:
    response = await door.http.options("/api/conversations", headers=PREFLIGHT)
    assert "Access-Control-Allow-Origin" not in response.headers


async def test_an_allowed_site_may_call_the_interface(open_door: Opener) -> None:
    door = await open_door(allowed_origins=("https://www.example.gr",))
    response = await door.http.options("/api/conversations", headers=PREFLIGHT)
    assert response.status == 204
    assert response.headers["Access-Control-Allow-Origin"] == "https://www.example.gr"
    assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
    assert "DELETE" in response.headers["Access-Control-Allow-Methods"]


async def test_an_error_reaches_an_allowed_site_too(open_door: Opener) -> None:
    door = await open_door(allowed_origins=("https://www.example.gr",))
    response = await door.http.post("/api/conversations", data=b"{", headers=PREFLIGHT)
    assert response.status == 400
    assert response.headers["Access-Control-Allow-Origin"] == "https://www.example.gr"
