"""A conversation that goes well, and one that meets the world's interruptions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from assistant_scenes import DOCUMENTS, NEEDED_BY_ALL, WHOLE
from assistant_scenes import PASSPORT as PROCEDURE
from assistant_stub import Stub
from playwright.sync_api import Page, expect
from widget_page import NARROW, Widget

PASSPORT = "Τι χρειάζομαι για διαβατήριο;"


def test_it_says_at_the_start_that_a_machine_is_talking(conversation: Widget) -> None:
    expect(conversation.log).to_contain_text("Μιλάτε με μηχανή, όχι με άνθρωπο")
    expect(conversation.field).to_have_accessible_description(
        "Μη γράφετε προσωπικά στοιχεία (ΑΦΜ, ΑΜΚΑ, τηλέφωνο)."
    )


def test_no_conversation_exists_before_the_citizen_opens_the_panel(
    visit: Callable[..., Page], stub: Stub
) -> None:
    widget = Widget(visit(**NARROW))
    expect(widget.launcher).to_be_visible()
    assert stub.conversations == {}
    widget.open()
    assert len(stub.conversations) == 1


def test_an_answer_shows_what_was_asked_for_and_folds_the_rest(conversation: Widget) -> None:
    conversation.ask(PASSPORT)
    card = conversation.host.get_by_role("article", name="Έκδοση διαβατηρίου")
    expect(card.get_by_role("checkbox")).to_have_count(len(NEEDED_BY_ALL))
    expect(card.get_by_role("heading", level=4).first).to_have_text("Τι χρειάζεστε")
    expect(card.get_by_text("84,40 ευρώ")).to_be_hidden()
    expect(conversation.button("Κόστος")).to_have_attribute("aria-expanded", "false")


def test_documents_that_only_some_bring_are_one_tap_away(conversation: Widget) -> None:
    conversation.ask(PASSPORT)
    card = conversation.host.get_by_role("article").last
    expect(card.get_by_text("για ανήλικο")).to_be_hidden()
    conversation.button("Μόνο αν ισχύει για εσάς").click()
    expect(card.get_by_text("για ανήλικο")).to_be_visible()
    expect(card.get_by_role("checkbox")).to_have_count(len(DOCUMENTS))
    card.get_by_role("checkbox").last.check()
    expect(card.get_by_text(f"Έτοιμα 1 από {len(DOCUMENTS)}")).to_be_visible()


def test_what_was_asked_for_comes_first(conversation: Widget) -> None:
    conversation.ask(PASSPORT)
    conversation.button("Πόσο κοστίζει;").click()
    card = conversation.host.get_by_role("article").last
    expect(card.get_by_role("heading", level=4).first).to_have_text("Κόστος")
    expect(card.get_by_text("84,40 ευρώ")).to_be_visible()


def test_the_source_is_linked_with_the_day_it_was_checked(conversation: Widget) -> None:
    conversation.ask(PASSPORT)
    source = conversation.host.get_by_role("link", name="Εθνικό Μητρώο")
    expect(source).to_have_attribute("href", "https://id.mitos.gov.gr/144400")
    expect(source).to_have_attribute("rel", "noopener noreferrer")
    expect(conversation.host.get_by_text("Έλεγχος στοιχείων: 10 Μαΐου 2024")).to_be_visible()


def test_a_crisis_shows_the_numbers_as_calls(conversation: Widget) -> None:
    conversation.ask("δεν θέλω να ζω")
    call = conversation.host.get_by_role("link", name="1018 Γραμμή Παρέμβασης")
    expect(call).to_have_attribute("href", "tel:1018")
    expect(conversation.host.get_by_role("link", name="112", exact=True)).to_have_attribute(
        "href", "tel:112"
    )
    expect(conversation.host.get_by_text("Ζητήστε βοήθεια τώρα")).to_be_in_viewport()


def test_a_missing_fact_is_said_to_be_missing(conversation: Widget) -> None:
    conversation.ask("πόσο ισχύει;")
    answer = conversation.reply("δεν έχω επιβεβαιωμένη διάρκεια ισχύος")
    expect(answer).to_contain_text("Δεν υπάρχει στα επίσημα στοιχεία")
    expect(answer.get_by_role("link", name="https://id.mitos.gov.gr/144400").first).to_be_visible()


def test_a_choice_is_sent_as_its_payload_and_shown_as_its_title(
    conversation: Widget, stub: Stub
) -> None:
    conversation.ask("διαβατήριο")
    conversation.button("Διαβατήριο για ανήλικο").click()
    expect(conversation.own("Διαβατήριο για ανήλικο")).to_be_visible()
    expect(conversation.host.get_by_role("article")).to_be_visible()
    assert stub.received[-1]["payload"] == '/choose{"procedure":"1444001"}'
    assert "text" not in stub.received[-1]
    expect(conversation.button("Διαβατήριο για ανήλικο")).to_have_count(0)
    expect(conversation.field).to_be_focused()


def test_enter_sends_and_shift_enter_begins_a_line(conversation: Widget, stub: Stub) -> None:
    conversation.field.focus()
    conversation.page.keyboard.type("πρώτη")
    conversation.page.keyboard.press("Shift+Enter")
    conversation.page.keyboard.type("δεύτερη 👋")
    conversation.page.keyboard.press("Enter")
    expect(conversation.field).to_have_value("")
    expect(conversation.reply("Λάβαμε")).to_be_visible()
    assert stub.received[0]["text"] == "πρώτη\nδεύτερη 👋"


def test_nothing_is_sent_for_a_blank_message(conversation: Widget, stub: Stub) -> None:
    conversation.field.fill("  \n ")
    conversation.send.click()
    expect(conversation.field).to_be_focused()
    assert stub.received == []


def test_the_field_grows_with_the_text(conversation: Widget) -> None:
    before = conversation.field.bounding_box()
    conversation.field.fill("μία\nδύο\nτρεις\nτέσσερις")
    after = conversation.field.bounding_box()
    assert before
    assert after
    assert after["height"] > before["height"] * 1.5


def test_the_characters_left_are_counted_near_the_limit(conversation: Widget) -> None:
    conversation.field.fill("α" * 1700)
    expect(conversation.host.get_by_text("Απομένουν χαρακτήρες")).to_be_hidden()
    conversation.field.fill("👋" * 1900)
    expect(conversation.host.get_by_text("Απομένουν χαρακτήρες: 100")).to_be_visible()


def test_a_message_over_the_limit_is_kept_and_not_sent(conversation: Widget, stub: Stub) -> None:
    conversation.ask("α" * 2035)
    status = conversation.host.get_by_role("status").filter(has_text="κατά 35")
    expect(status).to_be_visible()
    expect(conversation.field).to_have_value("α" * 2035)
    expect(conversation.field).to_have_attribute("aria-invalid", "true")
    assert stub.received == []


def test_a_paste_over_the_limit_is_refused_and_nothing_is_lost(conversation: Widget) -> None:
    conversation.field.fill("Καλημέρα")
    conversation.field.evaluate(
        """(field) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData('text/plain', 'α'.repeat(3000));
            field.dispatchEvent(new ClipboardEvent('paste', {clipboardData, cancelable: true}));
        }"""
    )
    status = conversation.host.get_by_role("status").filter(has_text="3.008 χαρακτήρες")
    expect(status).to_be_visible()
    expect(conversation.field).to_have_value("Καλημέρα")


def test_what_was_being_written_survives_a_reload(conversation: Widget) -> None:
    conversation.field.fill("μισή ερώτηση")
    conversation.reload()
    expect(conversation.field).to_have_value("μισή ερώτηση")


def test_the_conversation_survives_a_reload(conversation: Widget, stub: Stub) -> None:
    conversation.ask(PASSPORT)
    box = conversation.host.get_by_role("checkbox", name="Μία πρόσφατη")
    box.check()
    conversation.reload()
    expect(conversation.panel).to_be_visible()
    expect(conversation.own(PASSPORT)).to_be_visible()
    expect(box).to_be_checked()
    expect(conversation.messages).to_have_count(3)
    assert len(stub.conversations) == 1


def test_it_opens_where_the_citizen_was_reading(conversation: Widget) -> None:
    for n in range(3):
        conversation.ask(PASSPORT)
        expect(conversation.host.get_by_role("article")).to_have_count(n + 1)
    conversation.log.evaluate("(log) => log.scrollTop = 200")
    conversation.page.wait_for_function(
        "() => JSON.parse(sessionStorage.getItem('ariadne.conversation')).top === 200"
    )
    conversation.reload()
    expect(conversation.host.get_by_role("article")).to_have_count(3)
    conversation.page.wait_for_function(
        """() => document.querySelector('ariadne-assistant').shadowRoot
            .querySelector('[role=log]').scrollTop === 200"""
    )


def test_a_closed_panel_stays_closed_after_a_reload(conversation: Widget) -> None:
    conversation.close()
    conversation.reload()
    expect(conversation.launcher).to_be_visible()
    expect(conversation.panel).to_be_hidden()


def test_a_long_answer_is_read_from_the_question_on(conversation: Widget) -> None:
    conversation.ask(PASSPORT)
    expect(conversation.host.get_by_role("article")).to_be_visible()
    expect(conversation.own(PASSPORT)).to_be_in_viewport(ratio=1)


def test_a_failed_message_keeps_its_text_and_is_sent_again_as_the_same(
    conversation: Widget, stub: Stub
) -> None:
    stub.refuse = [503]
    conversation.ask("καλημέρα")
    expect(conversation.own("καλημέρα")).to_contain_text("Δεχόμαστε πολλά μηνύματα")
    conversation.button("Δοκιμάστε ξανά").click()
    expect(conversation.reply("Λάβαμε: καλημέρα")).to_be_visible()
    expect(conversation.button("Δοκιμάστε ξανά")).to_have_count(0)
    first, second = (body["message_id"] for body in stub.received)
    assert first == second
    expect(conversation.own("καλημέρα")).to_have_count(1)


def test_after_trying_again_the_focus_is_on_the_message(conversation: Widget, stub: Stub) -> None:
    stub.refuse = [503]
    conversation.ask("καλημέρα")
    conversation.button("Δοκιμάστε ξανά").focus()
    conversation.page.keyboard.press("Enter")
    expect(conversation.reply("Λάβαμε: καλημέρα")).to_be_visible()
    assert "καλημέρα" in conversation.focused()


def test_a_failed_message_survives_a_reload(conversation: Widget, stub: Stub) -> None:
    stub.refuse = [503]
    conversation.ask("καλημέρα")
    expect(conversation.button("Δοκιμάστε ξανά")).to_be_visible()
    conversation.reload()
    conversation.button("Δοκιμάστε ξανά").click()
    expect(conversation.reply("Λάβαμε: καλημέρα")).to_be_visible()
    assert len({body["message_id"] for body in stub.received}) == 1


def test_an_answer_lost_on_the_way_comes_over_the_line_once(
    conversation: Widget, stub: Stub
) -> None:
    conversation.ask("καλημέρα")
    expect(conversation.reply("Λάβαμε: καλημέρα")).to_be_visible()
    stub.refuse = [0]
    conversation.ask("καλησπέρα")
    expect(conversation.reply("Λάβαμε: καλησπέρα")).to_be_visible()
    expect(conversation.host.locator(".typing")).to_be_hidden()
    expect(conversation.button("Δοκιμάστε ξανά")).to_have_count(0)
    conversation.reload()
    expect(conversation.reply("Λάβαμε: καλησπέρα")).to_have_count(1)
    expect(conversation.own("καλησπέρα")).to_have_count(1)


def test_a_dropped_line_resumes_without_loss_or_repeat(conversation: Widget, stub: Stub) -> None:
    conversation.ask("καλημέρα")
    expect(conversation.reply("Λάβαμε: καλημέρα")).to_be_visible()
    last = stub.only().messages[-1]["id"]
    before = len(stub.resumed)
    stub.drop()
    stub.push("Όσο λείπατε.")
    expect(conversation.reply("Όσο λείπατε.")).to_be_visible()
    stub.push("Και μετά.")
    expect(conversation.reply("Και μετά.")).to_be_visible()
    expect(conversation.messages).to_have_count(len(stub.only().messages))
    assert stub.resumed[before] in (last, stub.only().messages[-2]["id"])


def test_where_sockets_are_blocked_messages_still_arrive(
    visit: Callable[..., Page], stub: Stub
) -> None:
    stub.sockets_open = False
    widget = Widget(visit())
    widget.open()
    stub.push("Χωρίς γραμμή.")
    expect(widget.reply("Χωρίς γραμμή.")).to_be_visible(timeout=15_000)
    widget.ask("καλημέρα")
    expect(widget.reply("Λάβαμε: καλημέρα")).to_have_count(1)


def test_without_a_connection_it_says_so_and_loses_nothing(conversation: Widget) -> None:
    conversation.page.context.set_offline(True)
    expect(conversation.host.get_by_text("Δεν υπάρχει σύνδεση στο διαδίκτυο")).to_be_visible()
    conversation.ask("καλημέρα")
    expect(conversation.button("Δοκιμάστε ξανά")).to_be_visible()
    conversation.page.context.set_offline(False)
    expect(conversation.host.get_by_text("Δεν υπάρχει σύνδεση στο διαδίκτυο")).to_be_hidden()
    conversation.button("Δοκιμάστε ξανά").click()
    expect(conversation.reply("Λάβαμε: καλημέρα")).to_be_visible()


def test_a_message_that_comes_while_closed_is_counted_on_the_launcher(
    conversation: Widget, stub: Stub
) -> None:
    conversation.close()
    stub.push("Έχετε απάντηση.", sender="person")
    expect(conversation.launcher).to_contain_text("Νέα μηνύματα: 1")
    conversation.open()
    expect(conversation.log.get_by_text("Έχετε απάντηση.")).to_be_visible()
    conversation.close()
    expect(conversation.launcher).not_to_contain_text("Νέα μηνύματα")


def test_it_tells_when_a_person_has_the_conversation(conversation: Widget, stub: Stub) -> None:
    stub.hand_over("person")
    expect(conversation.host.get_by_text("Σας απαντά υπάλληλος.")).to_be_visible()


def test_an_expired_conversation_gives_way_to_a_new_one(conversation: Widget, stub: Stub) -> None:
    stub.expire()
    conversation.ask("καλημέρα")
    expect(conversation.log).to_contain_text("Η προηγούμενη συνομιλία έληξε.")
    expect(conversation.reply("Λάβαμε: καλημέρα")).to_be_visible()


def test_a_conversation_that_cannot_start_is_tried_again_on_demand(
    visit: Callable[..., Page], stub: Stub
) -> None:
    stub.refuse_opening = True
    widget = Widget(visit())
    expect(widget.log).to_contain_text("Η συνομιλία δεν μπόρεσε να ξεκινήσει.")
    stub.refuse_opening = False
    widget.button("Δοκιμάστε ξανά").click()
    expect(widget.messages).to_have_count(1)
    expect(widget.log).not_to_contain_text("Η συνομιλία δεν μπόρεσε να ξεκινήσει.")
    expect(widget.field).to_be_focused()


def test_a_question_asked_before_the_start_is_kept_and_sent_later(
    visit: Callable[..., Page], stub: Stub
) -> None:
    stub.refuse_opening = True
    widget = Widget(visit())
    expect(widget.panel).to_be_visible()
    widget.ask("καλημέρα")
    failed = widget.own("καλημέρα").get_by_role("button", name="Δοκιμάστε ξανά")
    expect(failed).to_be_visible()
    stub.refuse_opening = False
    failed.click()
    expect(widget.reply("Λάβαμε: καλημέρα")).to_be_visible()


def test_start_again_is_said_in_the_conversation(conversation: Widget, stub: Stub) -> None:
    conversation.option("Ξεκινήστε από την αρχή")
    expect(conversation.own("Από την αρχή")).to_be_visible()
    expect(conversation.field).to_be_focused()
    assert len(stub.conversations) == 1


def test_deleting_asks_first_and_can_be_left(conversation: Widget, stub: Stub) -> None:
    conversation.option("Διαγραφή συνομιλίας")
    expect(conversation.button("Άκυρο")).to_be_focused()
    conversation.page.keyboard.press("Escape")
    expect(conversation.confirm).to_be_hidden()
    expect(conversation.options).to_be_focused()
    expect(conversation.panel).to_be_visible()
    assert len(stub.conversations) == 1


def test_deleting_erases_everything_and_begins_afresh(conversation: Widget, stub: Stub) -> None:
    conversation.ask(PASSPORT)
    conversation.host.get_by_role("checkbox").first.check()
    old = stub.only().id
    conversation.option("Διαγραφή συνομιλίας")
    conversation.button("Διαγραφή").click()
    expect(conversation.log).to_contain_text("Η συνομιλία διαγράφηκε.")
    expect(conversation.messages).to_have_count(1)
    assert "Η συνομιλία διαγράφηκε." in conversation.focused()
    assert old not in stub.conversations
    assert stub.only().id != old
    conversation.ask(PASSPORT)
    expect(conversation.host.get_by_role("checkbox").first).not_to_be_checked()


def test_a_failed_deletion_says_so_and_can_be_repeated(conversation: Widget, stub: Stub) -> None:
    stub.refuse_delete = True
    conversation.option("Διαγραφή συνομιλίας")
    conversation.button("Διαγραφή").click()
    expect(conversation.host.get_by_role("alert")).to_contain_text("Η διαγραφή δεν έγινε.")
    stub.refuse_delete = False
    conversation.button("Διαγραφή").click()
    expect(conversation.log).to_contain_text("Η συνομιλία διαγράφηκε.")


def test_the_language_changes_everywhere_and_stays(conversation: Widget, stub: Stub) -> None:
    conversation.button("English").click()
    expect(conversation.button("Ελληνικά")).to_be_focused()
    expect(conversation.page.get_by_role("heading", level=1)).to_have_text(
        "Find the thread, in your own words"
    )
    conversation.ask("passport")
    expect(conversation.button("Lost or stolen passport")).to_be_visible()
    assert stub.only().language == "en"
    conversation.reload()
    expect(conversation.host.get_by_role("textbox", name="Your question")).to_be_visible()
    expect(conversation.page.locator("html")).to_have_attribute("lang", "en")


def test_the_text_grows_in_three_steps_and_stays(conversation: Widget) -> None:
    sizes = []
    conversation.options.click()
    for name in ("Κανονικό", "Μεγάλο", "Μέγιστο"):
        conversation.host.get_by_role("radio", name=name).check()
        sizes.append(
            conversation.log.evaluate("(log) => parseFloat(getComputedStyle(log).fontSize)")
        )
    assert sizes[0] < sizes[1] < sizes[2]
    conversation.reload()
    expect(conversation.messages.first).to_be_visible()
    assert (
        conversation.log.evaluate("(log) => parseFloat(getComputedStyle(log).fontSize)") == sizes[2]
    )


def test_a_server_that_is_slow_to_give_its_texts_is_asked_again(
    visit: Callable[..., Page], stub: Stub
) -> None:
    stub.refuse_texts = 2
    widget = Widget(visit())
    widget.open()


def test_without_texts_a_plain_sentence_is_shown(visit: Callable[..., Page], stub: Stub) -> None:
    stub.refuse_texts = 1000
    widget = Widget(visit())
    expect(widget.host.get_by_role("status")).to_contain_text(
        "Η Αριάδνη δεν είναι διαθέσιμη αυτή τη στιγμή.", timeout=15_000
    )


@pytest.mark.parametrize("pointless", ["javascript:", "onerror"])
def test_text_of_the_server_never_becomes_markup(conversation: Widget, pointless: str) -> None:
    conversation.ask("<script>alert(1)</script>")
    card = conversation.host.get_by_role("article")
    expect(card).to_contain_text("<script>window.hacked = true</script>")
    expect(card).to_contain_text("<b>bold</b>")
    assert conversation.page.evaluate("() => window.hacked") is None
    assert conversation.log.locator(f"[href^='{pointless}'], [{pointless.strip(':')}]").count() == 0
    assert conversation.log.locator("img, script, b, u, i").count() == 0


def test_the_whole_official_text_is_one_tap_away(conversation: Widget) -> None:
    conversation.ask(PASSPORT)
    whole = conversation.log.get_by_text(WHOLE)
    expect(conversation.log.get_by_text("Όλο το κείμενο").first).to_be_visible()
    expect(whole).to_be_hidden()
    conversation.log.get_by_text("Όλο το κείμενο").first.click()
    expect(whole).to_be_visible()


def test_each_answer_can_be_said_to_be_wrong(conversation: Widget, stub: Stub) -> None:
    conversation.ask(PASSPORT)
    conversation.button("Κάτι δεν είναι σωστό;").click()
    expect(conversation.reply("Τι θέλετε να πείτε στον φορέα;")).to_be_visible()
    payload = f'/give_feedback_on_procedure{{"procedure":"{PROCEDURE}"}}'
    assert stub.received[-1]["payload"] == payload
