"""WCAG 2.2 AA: what axe can see, and what it cannot."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from assistant_stub import Stub
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from widget_page import NARROW, PHONE, ZOOMED, Widget

LOOKS = {
    "desktop": {},
    "dark": {"color_scheme": "dark"},
    "phone": PHONE,
    "narrow": NARROW,
    "dark phone": {**PHONE, "color_scheme": "dark"},
    "more contrast": {"contrast": "more"},
    "forced colours": {"forced_colors": "active"},
}
QUESTIONS = ("Τι χρειάζομαι για διαβατήριο;", "πόσο ισχύει;", "δεν θέλω να ζω", "διαβατήριο")


def violations(page: Page) -> list[str]:
    """What axe finds on the page, the widget's shadow root included."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def talk(widget: Widget) -> None:
    """A conversation with a card, a missing fact, a crisis, a failure and choices."""
    for question in QUESTIONS:
        widget.ask(question)
        expect(widget.own(question)).to_be_visible()
    expect(widget.button("Διαβατήριο για ανήλικο")).to_be_visible()


@pytest.fixture(params=LOOKS)
def dressed(request: pytest.FixtureRequest, visit: Callable[..., Page]) -> Widget:
    return Widget(visit(**LOOKS[request.param]))


def test_axe_finds_nothing_on_the_closed_widget(dressed: Widget) -> None:
    dressed.close()
    assert violations(dressed.page) == []


def test_axe_finds_nothing_on_a_conversation(dressed: Widget) -> None:
    dressed.open()
    talk(dressed)
    assert violations(dressed.page) == []


def test_axe_finds_nothing_on_the_options_and_the_question_before_deleting(
    dressed: Widget,
) -> None:
    dressed.open()
    dressed.options.click()
    assert violations(dressed.page) == []
    dressed.button("Διαγραφή συνομιλίας").click()
    expect(dressed.confirm).to_be_visible()
    assert violations(dressed.page) == []


def test_axe_finds_nothing_in_english(conversation: Widget) -> None:
    conversation.button("English").click()
    expect(conversation.button("Options")).to_be_visible()
    conversation.ask("passport")
    expect(conversation.button("Passport for a child")).to_be_visible()
    assert violations(conversation.page) == []
    conversation.button("Options").click()
    assert violations(conversation.page) == []
    conversation.button("Delete conversation").click()
    expect(conversation.confirm).to_be_visible()
    assert violations(conversation.page) == []
    conversation.button("Cancel").click()
    conversation.button("Close").click()
    expect(conversation.panel).to_be_hidden()
    assert violations(conversation.page) == []


def test_axe_finds_nothing_on_a_failed_message(conversation: Widget, stub: Stub) -> None:
    stub.refuse = [503]
    conversation.ask("Πού πάω;")
    expect(conversation.button("Δοκιμάστε ξανά")).to_be_visible()
    assert violations(conversation.page) == []


@pytest.mark.parametrize("window", [NARROW, ZOOMED], ids=["320 px wide", "400 % zoom"])
def test_nothing_needs_horizontal_scrolling(
    visit: Callable[..., Page], window: dict[str, dict[str, int]]
) -> None:
    widget = Widget(visit(**window))
    widget.open()
    talk(widget)
    wide = widget.page.evaluate(
        """() => {
            const root = document.querySelector('ariadne-assistant').shadowRoot;
            return [document.documentElement, ...root.querySelectorAll('*')]
                .filter((node) => !node.closest('.unseen'))
                .filter((node) => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0)
                .filter((node) => getComputedStyle(node).overflowX !== 'visible'
                    || node.getBoundingClientRect().right > innerWidth + 1)
                .map((node) => node.className || node.localName);
        }"""
    )
    assert wide == []


def test_at_400_percent_a_message_can_be_written_and_its_answer_read(
    visit: Callable[..., Page],
) -> None:
    widget = Widget(visit(**ZOOMED))
    widget.open()
    widget.ask("Τι χρειάζομαι για διαβατήριο;")
    title = widget.host.get_by_role("heading", name="Έκδοση διαβατηρίου")
    title.scroll_into_view_if_needed()
    expect(title).to_be_in_viewport(ratio=1)


def test_wider_text_spacing_cuts_nothing_off(conversation: Widget) -> None:
    conversation.page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
                word-spacing: .16em !important } p { margin-block-end: 2em !important }`);
            document.querySelector('ariadne-assistant').shadowRoot.adoptedStyleSheets.push(sheet);
        }"""
    )
    talk(conversation)
    cut = conversation.panel.evaluate(
        """(panel) => [...panel.querySelectorAll('button, h2, h3, h4, p, a, label')]
            .filter((node) => node.clientHeight && !node.closest('.unseen'))
            .filter((node) => node.scrollHeight > node.clientHeight + 2
                && getComputedStyle(node).overflowY !== 'visible')
            .map((node) => node.textContent)"""
    )
    assert cut == []


def test_every_target_is_at_least_24_pixels_high_and_wide(conversation: Widget) -> None:
    talk(conversation)
    conversation.options.click()
    small = conversation.panel.evaluate(
        """(panel) => [...panel.querySelectorAll('button, textarea, label:has(input)')]
            .map((node) => [node, node.getBoundingClientRect()])
            .filter(([, box]) => box.height && (box.height < 24 || box.width < 24))
            .map(([node]) => node.textContent)"""
    )
    assert small == []


def test_without_a_wish_for_motion_nothing_moves(visit: Callable[..., Page], stub: Stub) -> None:
    widget = Widget(visit(reduced_motion="reduce"))
    widget.open()
    with stub.silence():
        widget.ask("καλημέρα")
        dots = widget.host.locator(".typing")
        expect(dots).to_be_visible()
        assert dots.evaluate("(node) => node.getAnimations({subtree: true}).length") == 0
    expect(widget.reply("Λάβαμε: καλημέρα")).to_be_visible()


def test_each_message_names_its_language(conversation: Widget) -> None:
    conversation.button("English").click()
    expect(conversation.panel).to_have_attribute("lang", "en")
    conversation.ask("passport")
    english = conversation.log.locator("li.from-bot").filter(has_text="Which of these?")
    expect(english).to_have_attribute("lang", "en")
    expect(conversation.messages.first).to_have_attribute("lang", "el")
