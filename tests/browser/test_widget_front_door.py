"""The widget before the real front door, with an engine that follows a script."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiohttp import web
from assistant_stub import Stub
from other_site import Embed
from playwright.sync_api import Page, expect
from widget_page import Widget

from bot.conversation import Conversations
from bot.engine import Button, Reply, ScriptedEngine
from bot.settings import Settings
from bot.store import Store
from bot.texts import Texts
from bot.web.app import create_app

SCRIPT = {
    "διαβατήριο": [
        Reply(
            "Ποιο από αυτά σας ενδιαφέρει;",
            language="el",
            buttons=(Button("Διαβατήριο για ανήλικο", '/choose{"procedure":"1"}'),),
        )
    ],
    '/choose{"procedure":"1"}': [Reply("Διαβατήριο για ανήλικο: …", language="el")],
}


class Greek:
    """Takes every text for Greek."""

    def identify(self, _text: str, _fallback: str) -> str:
        return "el"


@pytest.fixture(scope="module")
def front_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a front door in a thread of its own."""
    home: Path = tmp_path_factory.mktemp("home")
    loop = asyncio.new_event_loop()
    started = threading.Event()
    address: list[str] = []

    async def begin() -> web.AppRunner:
        settings = Settings(home=home, allowed_origins=("*",))
        conversations = Conversations(
            Store.open(settings.database_url, settings.database_timeout_s),
            ScriptedEngine(SCRIPT),
            Texts.load(),
            Greek(),
            deadline_s=settings.turn_deadline_s,
            characters=settings.message_characters,
        )
        runner = web.AppRunner(create_app(settings, conversations), shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address.append(f"http://127.0.0.1:{runner.addresses[0][1]}")
        return runner

    def serve() -> None:
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(begin())
        started.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    started.wait()
    yield address[0]
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


@pytest.fixture
def real(visit: Callable[..., Page], stub: Stub, front_door: str) -> Widget:
    """The widget on the page that the front door serves."""
    widget = Widget(visit(front_door))
    widget.open()
    return widget


def test_a_question_is_answered_once(real: Widget) -> None:
    real.ask("καλημέρα")
    expect(real.reply("καλημέρα")).to_have_count(1)
    expect(real.own("καλημέρα")).to_have_count(1)


def test_a_button_of_the_conversation_is_accepted(real: Widget) -> None:
    real.ask("διαβατήριο")
    real.button("Διαβατήριο για ανήλικο").click()
    expect(real.reply("Διαβατήριο για ανήλικο: …")).to_be_visible()
    expect(real.own("Διαβατήριο για ανήλικο")).to_have_count(1)


def test_a_reload_brings_the_conversation_back_without_repeats(real: Widget) -> None:
    real.ask("καλημέρα")
    expect(real.reply("καλημέρα")).to_be_visible()
    real.reload()
    expect(real.own("καλημέρα")).to_have_count(1)
    expect(real.messages).to_have_count(3)


def test_danger_is_answered_with_calls(real: Widget) -> None:
    real.ask("θέλω να αυτοκτονήσω")
    call = real.host.get_by_role("link", name="1018 Γραμμή Παρέμβασης")
    expect(call).to_have_attribute("href", "tel:1018")


def test_a_personal_number_disappears_as_soon_as_the_front_door_has_it(real: Widget) -> None:
    real.ask("το ΑΦΜ μου είναι 123456783")
    expect(real.log.locator("li.from-bot")).to_have_count(2)
    expect(real.log.locator("li.from-citizen")).to_have_count(1)
    expect(real.log).not_to_contain_text("123456783")


def test_the_language_is_pinned_and_deleting_deletes(real: Widget) -> None:
    real.button("English").click()
    expect(real.button("Options")).to_be_visible()
    real.button("Options").click()
    real.button("Delete conversation").click()
    real.button("Delete").click()
    expect(real.log).to_contain_text("The conversation has been deleted.")
    expect(real.messages).to_have_count(1)
    expect(real.messages.first).to_have_attribute("lang", "en")


def test_a_page_of_an_allowed_origin_embeds_it(
    visit: Callable[..., Page], embed: Embed, front_door: str
) -> None:
    widget = Widget(visit(embed(front_door)))
    widget.open()
    widget.ask("καλημέρα")
    expect(widget.reply("καλημέρα")).to_have_count(1)
