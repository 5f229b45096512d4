"""The widget on other people's pages, and the conversation outside the widget."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from assistant_stub import Stub
from other_site import Embed
from playwright.sync_api import Page, expect
from widget_page import Widget


def test_one_tag_embeds_it_in_a_hostile_page_of_another_origin(
    visit: Callable[..., Page], stub: Stub, embed: Embed
) -> None:
    widget = Widget(visit(embed(stub.address)))
    widget.open()
    widget.ask("Τι χρειάζομαι για διαβατήριο;")
    expect(widget.host.get_by_role("article", name="Έκδοση διαβατηρίου")).to_be_visible()
    look = widget.log.evaluate(
        """(log) => {
            const {color, fontSize, fontFamily, pointerEvents} = getComputedStyle(log);
            return {color, fontSize, serif: fontFamily === 'serif', pointerEvents};
        }"""
    )
    assert look == {
        "color": "rgb(22, 36, 47)",
        "fontSize": "16px",
        "serif": False,
        "pointerEvents": "auto",
    }
    box = widget.panel.bounding_box()
    assert box
    assert box["width"] == pytest.approx(448, abs=3)


def test_nothing_of_it_leaks_into_the_page(
    visit: Callable[..., Page], stub: Stub, embed: Embed
) -> None:
    widget = Widget(visit(embed(stub.address)))
    widget.open()
    heading = widget.page.get_by_role("heading", level=1)
    assert heading.evaluate("(node) => getComputedStyle(node).color") == "rgb(255, 0, 0)"
    assert widget.page.evaluate("() => document.adoptedStyleSheets.length") == 0


def test_the_tag_sets_the_language_and_opens_the_panel(
    visit: Callable[..., Page], stub: Stub, embed: Embed
) -> None:
    widget = Widget(visit(embed(stub.address, 'data-language="en" data-open')))
    expect(widget.host.get_by_role("dialog", name="Ariadne")).to_be_visible()
    assert widget.page.evaluate("() => document.activeElement.tagName") == "BODY"


def test_without_a_wish_it_speaks_the_language_of_the_page(
    visit: Callable[..., Page], stub: Stub, embed: Embed
) -> None:
    widget = Widget(visit(embed(stub.address, language="en-GB")))
    expect(widget.host.get_by_role("button", name="Ask Ariadne")).to_be_visible()


def test_a_page_may_change_its_colours(visit: Callable[..., Page]) -> None:
    widget = Widget(visit())
    widget.close()
    widget.host.evaluate("(host) => host.style.setProperty('--ariadne-accent', 'rgb(0, 90, 60)')")
    expect(widget.launcher).to_have_css("background-color", "rgb(0, 90, 60)")


def test_an_example_of_the_page_is_asked_in_the_widget(widget: Widget) -> None:
    widget.page.get_by_role("button", name="Τι χρειάζομαι για να βγάλω διαβατήριο;").click()
    expect(widget.host.get_by_role("article", name="Έκδοση διαβατηρίου")).to_be_visible()


def test_the_download_holds_the_whole_conversation(conversation: Widget) -> None:
    conversation.ask("Τι χρειάζομαι για διαβατήριο;")
    expect(conversation.host.get_by_role("article")).to_be_visible()
    with conversation.page.expect_download() as started:
        conversation.option("Λήψη συνομιλίας")
    assert started.value.suggested_filename.startswith("ariadne-")
    assert started.value.suggested_filename.endswith(".txt")
    text = Path(started.value.path()).read_text(encoding="utf-8-sig")
    for part in (
        "Συνομιλία με την Αριάδνη",
        "Απαντήσεις από μηχανή",
        "Εσείς (",
        "Τι χρειάζομαι για διαβατήριο;",
        "- Το προηγούμενο διαβατήριο (για ανανέωση)",
        "84,40 ευρώ (για ενήλικο)",
        "1. Πληρώνετε το ηλεκτρονικό παράβολο.",
        "Ηλεκτρονικά: Κλείνετε ραντεβού",
        "https://id.mitos.gov.gr/144400 (Έλεγχος στοιχείων: 10 Μαΐου 2024)",
    ):
        assert part in text
    assert text.count("Δελτίο ταυτότητας") == 1


def test_the_copy_is_the_same_text(visit: Callable[..., Page]) -> None:
    widget = Widget(visit(permissions=["clipboard-read", "clipboard-write"]))
    widget.open()
    widget.ask("καλημέρα")
    expect(widget.reply("Λάβαμε: καλημέρα")).to_be_visible()
    widget.option("Αντιγραφή συνομιλίας")
    expect(widget.host.get_by_text("Η συνομιλία αντιγράφηκε.")).to_be_visible()
    copied = widget.page.evaluate("() => navigator.clipboard.readText()")
    assert "Λάβαμε: καλημέρα" in copied
    assert copied.startswith("Συνομιλία με την Αριάδνη")


def test_a_refused_copy_is_told(visit: Callable[..., Page]) -> None:
    widget = Widget(visit())
    widget.open()
    widget.page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')) }"
    )
    widget.option("Αντιγραφή συνομιλίας")
    expect(widget.host.get_by_text("Η αντιγραφή δεν έγινε.")).to_be_visible()


def test_print_shows_the_whole_conversation_on_paper_alone(
    visit: Callable[..., Page], stub: Stub
) -> None:
    page = visit("about:blank")
    page.add_init_script(
        """window.print = () => {
            (window.parent ?? window).printed = document.body.innerText;
        }"""
    )
    page.goto(stub.address)
    widget = Widget(page)
    widget.open()
    widget.ask("Τι χρειάζομαι για διαβατήριο;")
    expect(widget.host.get_by_role("article")).to_be_visible()
    widget.option("Εκτύπωση συνομιλίας")
    paper = page.wait_for_function("() => window.printed").json_value()
    assert paper.startswith("Συνομιλία με την Αριάδνη")
    for part in ("84,40 ευρώ", "Προσέρχεστε αυτοπροσώπως", "10 Μαΐου 2024"):
        assert part in paper
    assert "Βρείτε την άκρη" not in paper
