"""A real Chromium, and the widget in it, before an assistant that does as the test says."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from assistant_stub import Stub
from other_site import Embed, other_site
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from widget_page import Widget

SCRIPT = Path(__file__).parents[2] / "scripts" / "browser.sh"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)

OpenWidget = Callable[..., Widget]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ends with its module: while it lives, the thread's event loop is Playwright's alone."""
    found = subprocess.run([SCRIPT], stdout=subprocess.PIPE, text=True, check=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found.stdout.strip(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Stub]:
    with Stub().running() as stub:
        yield stub


@pytest.fixture
def stub(server: Stub) -> Stub:
    server.reset()
    return server


@pytest.fixture
def visit(browser: Browser, stub: Stub) -> Iterator[Callable[..., Page]]:
    """Opens an address in a fresh browser profile; options are those of `new_context`.

    The page must not throw: the test fails at its end if a script did.
    """
    contexts: list[BrowserContext] = []
    errors: list[Exception] = []

    def open_page(address: str = stub.address, **options: Any) -> Page:
        context = browser.new_context(**{"locale": "el-GR", **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(error))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def embed() -> Iterator[Embed]:
    with other_site() as embed:
        yield embed


@pytest.fixture
def widget(visit: Callable[..., Page]) -> Widget:
    """The widget on the product's own page, closed, at desktop size."""
    widget = Widget(visit())
    widget.close()
    return widget


@pytest.fixture
def conversation(visit: Callable[..., Page]) -> Widget:
    """The widget open, with the greeting received."""
    widget = Widget(visit())
    widget.open()
    return widget
