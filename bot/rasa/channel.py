"""The front door's way into Rasa: one request a turn, over loopback."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.rasa.speed import check_replies_quickly

logger = logging.getLogger(__name__)
check_replies_quickly()


class OneLine(logging.Filter):
    """Leaves the traceback out of Rasa's record of an action that failed: the line says it all."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keeps every record."""
        record.exc_info = None
        return True


logging.getLogger("rasa.core.processor").addFilter(OneLine())


class Collector(OutputChannel):  # type: ignore[misc]
    """Gathers what the assistant says in one turn, one entry for each message."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.messages: list[dict[str, Any]] = []

    def name(self) -> str:
        """The citizen's channel: responses are chosen by it."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Takes a whole message: text, buttons and the structured answer together."""
        self.messages.append(
            {
                "text": message.get("text") or "",
                "buttons": message.get("buttons") or [],
                "custom": message.get("custom") or {},
                "language": message.get("language"),
            }
        )


class CitizenChannel(InputChannel):  # type: ignore[misc]
    """`POST turn` and `POST forget` under `/webhooks/citizen/`.

    A turn is `{"sender","text","language","channel"}` and is answered with
    `{"messages":[{"text","buttons","custom","language"}],"intent","confidence"}`. When the action
    server gave no answer the status is 502 and the body `{"error":"actions_down"}`.
    """

    @classmethod
    def name(cls) -> str:
        """The channel's name in addresses and trackers."""
        return "citizen"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The channel's addresses."""
        blueprint = Blueprint("citizen", "bot_rasa_channel")

        async def turn(request: Request) -> HTTPResponse:
            try:
                message, collector = _message(request.json)
            except (KeyError, TypeError, AttributeError):
                return json({"error": "bad_request"}, status=400)
            message.parse_data = await _agent(request).processor.parse_message(message)
            await on_new_message(message)
            return _said(message.parse_data["intent"], collector.messages)

        async def forget(request: Request) -> HTTPResponse:
            store = _agent(request).tracker_store
            forgotten = await getattr(store, "_tracker_store", store).forget(request.json["sender"])
            return json({"forgotten": forgotten})

        blueprint.add_route(turn, "/turn", methods=["POST"])
        blueprint.add_route(forget, "/forget", methods=["POST"])
        return blueprint


def _said(intent: dict[str, Any], messages: list[dict[str, Any]]) -> HTTPResponse:
    if not messages:
        logger.error("the action server gave no answer")
        return json({"error": "actions_down"}, status=502)
    confidence = float(intent["confidence"])
    return json({"messages": messages, "intent": intent["name"], "confidence": confidence})


def _agent(request: Request) -> Agent:
    return request.app.ctx.agent


def _message(body: dict[str, Any]) -> tuple[UserMessage, Collector]:
    channel = str(body.get("channel") or "web")
    collector = Collector(channel)
    message = UserMessage(
        str(body["text"]),
        collector,
        str(body["sender"]),
        input_channel=channel,
        metadata={"language": body.get("language")},
    )
    return message, collector
