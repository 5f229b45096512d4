"""Who speaks with each of the two assistants, and how it is told that an answer came."""

from __future__ import annotations

import secrets
from typing import Any, Protocol

import aiohttp

TIME_ASKED = "It is "
"""How the answer of the bare assistant's action begins."""

ERRORS_COUNTED = "ariadne_errors_total{"


class NoAnswerError(Exception):
    """A message was not answered as it should be."""


class Citizen(Protocol):
    """One who holds conversations, one after the other."""

    async def open(self) -> None:
        """Begins a new conversation."""

    async def say(self, text: str) -> bool:
        """Says something and reads the answer; tells whether an answering action was called.

        Raises:
            NoAnswerError: there was none.
        """


class BareCitizen:
    """Speaks over Rasa's own REST channel."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = f"{url}/webhooks/rest/webhook"
        self._sender = ""

    async def open(self) -> None:
        """See `Citizen.open`: a name that Rasa does not know yet."""
        self._sender = secrets.token_hex(16)

    async def say(self, text: str) -> bool:
        """See `Citizen.say`."""
        messages = await _post(self._http, self._url, {"sender": self._sender, "message": text})
        texts = [str(message.get("text")) for message in messages]
        if not texts:
            raise NoAnswerError("nothing was said")
        return any(text.startswith(TIME_ASKED) for text in texts)


class AriadneCitizen:
    """Speaks over the front door."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = f"{url}/api/conversations"
        self._messages = ""
        self._headers: dict[str, str] = {}

    async def open(self) -> None:
        """See `Citizen.open`."""
        opened = await _post(self._http, self._url, {"channel": "web", "language": "el"})
        self._messages = f"{self._url}/{opened['id']}/messages"
        self._headers = {"Authorization": f"Bearer {opened['token']}"}

    async def say(self, text: str) -> bool:
        """See `Citizen.say`."""
        said = await _post(self._http, self._messages, {"text": text}, self._headers)
        if not said["messages"]:
            raise NoAnswerError("nothing was said")
        return any(message.get("answer") for message in said["messages"])


CITIZENS: dict[str, type[BareCitizen] | type[AriadneCitizen]] = {
    "bare": BareCitizen,
    "ariadne": AriadneCitizen,
}


async def troubles(url: str, assistant: str) -> float:
    """How many refusals and errors the front door has counted; the bare server counts none."""
    if assistant != "ariadne":
        return 0
    async with aiohttp.ClientSession() as http, http.get(f"{url}/metrics") as response:
        lines = (await response.text()).splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(ERRORS_COUNTED))


async def _post(
    http: aiohttp.ClientSession, url: str, body: Any, headers: dict[str, str] | None = None
) -> Any:
    async with http.post(url, json=body, headers=headers) as response:
        if not response.ok:
            raise NoAnswerError(f"status {response.status}")
        return await response.json()
