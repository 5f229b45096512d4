"""The widget as a citizen meets it: what can be found by its role and its visible name."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NARROW = {"viewport": {"width": 320, "height": 640}}
ZOOMED = {"viewport": {"width": 320, "height": 256}}
"""A window of 1280 × 1024 pixels at 400 %."""


class Widget:
    """Drives the widget of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.host = page.locator("ariadne-assistant")
        self.launcher = self.host.get_by_role("button", name="Ρωτήστε την Αριάδνη")
        self.panel = self.host.locator("dialog.panel")
        self.log = self.host.get_by_role("log")
        self.field = self.host.get_by_role("textbox")
        self.send = self.host.get_by_role("button", name="Αποστολή")
        self.options = self.host.get_by_role("button", name="Επιλογές")
        self.messages = self.log.locator("li.message")
        self.confirm = self.host.get_by_role("alertdialog")

    def open(self) -> None:
        """Opens the panel if it is closed, and waits for the greeting."""
        expect(self.launcher.or_(self.panel).first).to_be_visible()
        if self.launcher.is_visible():
            self.launcher.click()
        expect(self.messages.first).to_be_visible()

    def close(self) -> None:
        """Closes the panel if it is open."""
        expect(self.launcher.or_(self.panel).first).to_be_visible()
        if self.panel.is_visible():
            self.button("Κλείσιμο").click()
        expect(self.panel).to_be_hidden()

    def ask(self, text: str) -> None:
        """Writes and sends a message."""
        self.field.fill(text)
        self.field.press("Enter")

    def button(self, name: str) -> Locator:
        """The button with exactly that name."""
        return self.host.get_by_role("button", name=name, exact=True)

    def option(self, name: str) -> None:
        """Takes one of the options."""
        self.options.click()
        self.button(name).click()

    def reply(self, text: str) -> Locator:
        """The assistant's message that contains a text."""
        return self.log.locator("li.from-bot").filter(has_text=text)

    def own(self, text: str) -> Locator:
        """The citizen's message with exactly that text."""
        return self.log.locator("li.from-citizen").filter(
            has=self.page.get_by_text(text, exact=True)
        )

    def focused(self) -> Any:
        """The name and role of what has the focus, inside the widget or out."""
        return self.page.evaluate(
            """() => {
                let node = document.activeElement;
                while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
                return node.localName + ' ' + (node.innerText || node.getAttribute('aria-label')
                    || node.labels?.[0]?.innerText || '').trim();
            }"""
        )

    def reload(self) -> None:
        """Loads the page again."""
        self.page.reload()
