"""With the keyboard and a screen reader alone."""

from __future__ import annotations

from collections.abc import Callable

from assistant_scenes import DOCUMENTS
from assistant_stub import Stub
from playwright.sync_api import Page, expect
from widget_page import PHONE, Widget

LISTEN = """
    window.announced = [];
    const hear = (log) => new MutationObserver((changes) => {
        if (log.getAttribute('aria-live') === 'off') return;
        for (const change of changes)
            for (const node of change.addedNodes)
                if (node.localName === 'li' && !node.closest('[aria-live=off]'))
                    window.announced.push(node.innerText.replace(/\\s+/g, ' ').trim());
    }).observe(log, {childList: true, subtree: true});
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (...given) {
        const root = attach.apply(this, given);
        new MutationObserver((_, observer) => {
            const log = root.querySelector('[role=log]');
            if (!log) return;
            observer.disconnect();
            hear(log);
        }).observe(root, {childList: true});
        return root;
    };
"""


def test_the_whole_journey_goes_by_keyboard(widget: Widget) -> None:
    page = widget.page
    widget.launcher.focus()
    page.keyboard.press("Enter")
    expect(widget.field).to_be_focused()
    page.keyboard.type("Τι χρειάζομαι για διαβατήριο;")
    page.keyboard.press("Enter")
    expect(widget.button("Πώς γίνεται;")).to_be_visible()
    expect(widget.field).to_be_focused()
    page.keyboard.press("Shift+Tab")
    assert widget.focused() == "button Πώς γίνεται;"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(widget.own("Πόσο κοστίζει;")).to_be_visible()
    expect(widget.reply("84,40 ευρώ")).to_have_count(2)
    expect(widget.field).to_be_focused()
    page.keyboard.press("Escape")
    expect(widget.panel).to_be_hidden()
    expect(widget.launcher).to_be_focused()


def test_a_section_opens_and_a_document_is_ticked_by_keyboard(conversation: Widget) -> None:
    conversation.ask("Τι χρειάζομαι για διαβατήριο;")
    cost = conversation.button("Κόστος")
    cost.focus()
    conversation.page.keyboard.press("Space")
    expect(cost).to_have_attribute("aria-expanded", "true")
    expect(conversation.host.get_by_text("84,40 ευρώ")).to_be_visible()
    box = conversation.host.get_by_role("checkbox", name="Μία πρόσφατη ψηφιακή φωτογραφία")
    box.focus()
    conversation.page.keyboard.press("Space")
    expect(box).to_be_checked()
    expect(conversation.host.get_by_text(f"Έτοιμα 1 από {len(DOCUMENTS)}")).to_be_visible()


def test_tab_goes_from_the_header_through_the_conversation_to_the_field(
    conversation: Widget,
) -> None:
    conversation.button("English").focus()
    order = []
    for _ in range(6):
        order.append(conversation.focused())
        conversation.page.keyboard.press("Tab")
    assert order == [
        "button English",
        "button Επιλογές",
        "button Κλείσιμο",
        order[3],
        "button Τι μπορώ να ρωτήσω;",
        "textarea Η ερώτησή σας",
    ]
    assert order[3].startswith("div")


def test_escape_closes_the_options_first_and_keeps_the_focus(conversation: Widget) -> None:
    conversation.options.click()
    conversation.page.keyboard.press("Tab")
    conversation.page.keyboard.press("Escape")
    expect(conversation.options).to_be_focused()
    expect(conversation.options).to_have_attribute("aria-expanded", "false")
    expect(conversation.panel).to_be_visible()


def test_options_close_when_the_focus_leaves_them(conversation: Widget) -> None:
    conversation.options.click()
    conversation.button("Διαγραφή συνομιλίας").focus()
    conversation.page.keyboard.press("Tab")
    expect(conversation.button("Κλείσιμο")).to_be_focused()
    expect(conversation.options).to_have_attribute("aria-expanded", "false")


def test_the_focus_is_always_visible(conversation: Widget) -> None:
    conversation.ask("διαβατήριο")
    expect(conversation.button("Διαβατήριο για ανήλικο")).to_be_visible()
    conversation.button("English").focus()
    for _ in range(8):
        shown = conversation.panel.evaluate(
            """(panel) => {
                const node = panel.getRootNode().activeElement;
                if (!node) return 'outside';
                const box = node.getBoundingClientRect();
                const top = panel.getRootNode().elementFromPoint(
                    box.x + box.width / 2, box.y + box.height / 2);
                const {outlineStyle, outlineWidth} = getComputedStyle(node);
                return outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2
                    && (node.contains(top) || top.contains(node));
            }"""
        )
        assert shown in (True, "outside")
        conversation.page.keyboard.press("Tab")


def test_on_a_phone_the_sheet_keeps_the_focus_inside(visit: Callable[..., Page]) -> None:
    widget = Widget(visit(**PHONE))
    widget.open()
    for _ in range(12):
        widget.page.keyboard.press("Tab")
        assert widget.page.evaluate(
            "() => ['ARIADNE-ASSISTANT', 'BODY'].includes(document.activeElement.tagName)"
        )


def test_a_choice_on_a_phone_hands_its_focus_to_the_message_it_became(
    visit: Callable[..., Page],
) -> None:
    widget = Widget(visit(**PHONE))
    widget.open()
    widget.ask("διαβατήριο")
    choice = widget.button("Διαβατήριο για ανήλικο")
    choice.focus()
    widget.page.keyboard.press("Enter")
    expect(widget.host.get_by_role("heading", name="Έκδοση διαβατηρίου")).to_be_visible()
    expect(choice).to_have_count(0)
    assert widget.focused().split() == ["li", "Εσείς:", "Διαβατήριο", "για", "ανήλικο"]


def test_every_message_is_announced_once(visit: Callable[..., Page], stub: Stub) -> None:
    widget = Widget(visit("about:blank"))
    widget.page.add_init_script(LISTEN)
    widget.page.goto(stub.address)
    widget.close()
    widget.open()
    widget.ask("καλημέρα")
    expect(widget.reply("Λάβαμε: καλημέρα")).to_be_visible()
    stub.push("Κάτι ακόμη.")
    expect(widget.reply("Κάτι ακόμη.")).to_be_visible()
    heard = widget.page.evaluate("() => window.announced")
    assert [text for text in heard if "καλημέρα" in text] == [
        "Εσείς: καλημέρα",
        "Αριάδνη: Λάβαμε: καλημέρα",
    ]
    assert heard.count("Αριάδνη: Κάτι ακόμη.") == 1


def test_the_history_is_not_announced_again(visit: Callable[..., Page], stub: Stub) -> None:
    widget = Widget(visit("about:blank"))
    widget.page.add_init_script(LISTEN)
    widget.page.goto(stub.address)
    widget.open()
    widget.ask("καλημέρα")
    expect(widget.reply("Λάβαμε: καλημέρα")).to_be_visible()
    widget.reload()
    expect(widget.reply("Λάβαμε: καλημέρα")).to_be_visible()
    stub.push("Κάτι ακόμη.")
    expect(widget.reply("Κάτι ακόμη.")).to_be_visible()
    assert widget.page.evaluate("() => window.announced") == ["Αριάδνη: Κάτι ακόμη."]


def test_typing_is_told_politely_and_taken_back(conversation: Widget, stub: Stub) -> None:
    status = conversation.host.get_by_role("status").filter(has_text="Η Αριάδνη γράφει…")
    with stub.silence():
        conversation.ask("καλημέρα")
        expect(status).to_be_attached()
        expect(conversation.host.locator(".typing")).to_be_visible()
    expect(conversation.reply("Λάβαμε: καλημέρα")).to_be_visible()
    expect(status).not_to_be_attached()
    expect(conversation.host.locator(".typing")).to_be_hidden()


def test_the_visible_text_of_every_button_is_in_its_name(conversation: Widget) -> None:
    conversation.ask("διαβατήριο")
    expect(conversation.button("Διαβατήριο για ανήλικο")).to_be_visible()
    assert conversation.panel.locator("button[aria-label], a[aria-label]").count() == 0
