"""What every handler of the front door works with."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from bot.conversation import Conversations
from bot.errors import InvalidRequest
from bot.settings import Settings
from bot.web.limits import Limits

SETTINGS = web.AppKey("settings", Settings)
CONVERSATIONS = web.AppKey("conversations", Conversations)
LIMITS = web.AppKey("limits", Limits)
LANGUAGE = "ariadne.language"
"""Key of the request under which the language to answer in is kept, once known."""
SUBPROTOCOL = "ariadne"
TOKEN_SUBPROTOCOL = "token."  # noqa: S105  # a prefix, not a secret


def json_response(body: Any, status: int = 200, **headers: str) -> web.Response:
    """`body` as JSON."""
    return web.Response(
        body=orjson.dumps(body),
        status=status,
        content_type="application/json",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def address(request: web.Request) -> str:
    """The citizen's network address, as the trusted proxy or the connection tells it."""
    header = request.app[SETTINGS].proxy_header
    forwarded = request.headers.getall(header, []) if header else []
    return forwarded[-1].split(",")[-1].strip() if forwarded else request.remote or ""


def language(request: web.Request) -> str:
    """The language to answer a request in, as far as it is known."""
    known: str | None = request.get(LANGUAGE)
    if known is None:
        texts = request.app[CONVERSATIONS].texts
        known = texts.preferred(_accepted(request.headers.get("Accept-Language", "")))
    return known


def _accepted(header: str) -> list[str]:
    """The languages of an `Accept-Language` header, the most wanted first."""
    wanted: list[tuple[float, str]] = []
    for part in header.split(","):
        code, _, quality = part.partition(";q=")
        try:
            wanted.append((-float(quality or 1), code.strip()))
        except ValueError:
            continue
    return [code for _, code in sorted(wanted, key=lambda pair: pair[0])]


def token(request: web.Request) -> str | None:
    """The conversation's token: from `Authorization`, or from the subprotocols of a browser's
    WebSocket, which cannot send that header."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip()
    for protocol in request.headers.get("Sec-WebSocket-Protocol", "").split(","):
        if protocol.strip().startswith(TOKEN_SUBPROTOCOL):
            return protocol.strip().removeprefix(TOKEN_SUBPROTOCOL)
    return None


async def conversation(request: web.Request) -> str:
    """The id of the conversation that the request's token opens.

    Raises:
        Unauthorised, NotFound: the token opens none.
    """
    conversation_id = request.match_info["id"]
    conversations = request.app[CONVERSATIONS]
    request[LANGUAGE] = await conversations.authenticate(conversation_id, token(request))
    return conversation_id


async def body(request: web.Request) -> dict[str, Any]:
    """The JSON object of a request; an empty body is an empty one.

    Raises:
        InvalidRequest: it is something else.
    """
    raw = await request.read()
    try:
        value = orjson.loads(raw) if raw.strip() else {}
    except orjson.JSONDecodeError:
        raise InvalidRequest("not_json") from None
    if not isinstance(value, dict):
        raise InvalidRequest("not_json")
    return value


def text_field(values: dict[str, Any], name: str, longest: int | None = None) -> str | None:
    """A text of the body, or `None` where it is absent.

    Args:
        longest: the most characters it may have.

    Raises:
        InvalidRequest: it is no text, or too long, or empty where it has a limit.
    """
    value = values.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or (longest is not None and not 0 < len(value) <= longest):
        raise InvalidRequest("field_invalid", field=name)
    return value
