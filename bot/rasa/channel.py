"""The front door's way into Rasa: one request a turn, over loopback."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.lock_store import LockError
from redis.exceptions import RedisError
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json
from sqlalchemy.exc import SQLAlchemyError

from bot.rasa.speed import check_replies_quickly

logger = logging.getLogger(__name__)
check_replies_quickly()
MEMORY_FAILURES = (SQLAlchemyError, LockError, RedisError)
"""What the trackers' database and the locks' Redis throw when they are away."""


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
    """`POST turn`, `POST forget` and `GET health` under `/webhooks/citizen/`.

    A turn is `{"sender","text","language","channel"}` and is answered with
    `{"messages":[{"text","buttons","custom","language"}],"intent","confidence"}`. When the action
    server gave no answer the status is 502 and the body `{"error":"actions_down"}`. When trackers
    or locks cannot be reached it is 503 and `{"error":"memory_down"}`.
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
            try:
                await on_new_message(message)
            except MEMORY_FAILURES as error:
                return _memory_down(error)
            return _said(message.parse_data["intent"], collector.messages)

        async def forget(request: Request) -> HTTPResponse:
            try:
                forgotten = await _trackers(request).forget(request.json["sender"])
            except MEMORY_FAILURES as error:
                return _memory_down(error)
            return json({"forgotten": forgotten})

        async def health(request: Request) -> HTTPResponse:
            try:
                _trackers(request).ping()
                _agent(request).lock_store.get_lock("health")
            except MEMORY_FAILURES as error:
                return _memory_down(error)
            return json({"status": "ok"})

        blueprint.add_route(turn, "/turn", methods=["POST"])
        blueprint.add_route(forget, "/forget", methods=["POST"])
        blueprint.add_route(health, "/health", methods=["GET"])
        return blueprint


def _said(intent: dict[str, Any], messages: list[dict[str, Any]]) -> HTTPResponse:
    if not messages:
        logger.error("the action server gave no answer")
        return json({"error": "actions_down"}, status=502)
    confidence = float(intent["confidence"])
    return json({"messages": messages, "intent": intent["name"], "confidence": confidence})


def _memory_down(error: Exception) -> HTTPResponse:
    logger.error("the trackers or the locks cannot be reached: %s", type(error).__name__)
    return json({"error": "memory_down"}, status=503)


def _trackers(request: Request) -> Any:
    """The tracker store itself, without what Rasa wraps it in."""
    store = _agent(request).tracker_store
    return getattr(store, "_tracker_store", store)


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
