"""The citizen's interface, over HTTP."""

from __future__ import annotations

import re

from aiohttp import web

from bot.errors import InvalidRequest
from bot.web.context import (
    CONVERSATIONS,
    LANGUAGE,
    LIMITS,
    address,
    body,
    conversation,
    json_response,
    language,
    text_field,
)

CHANNELS = ("web", "voice", "phone")
LONGEST_PAYLOAD = 512
MESSAGE_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)


async def open_conversation(request: web.Request) -> web.Response:
    """`POST /api/conversations`"""
    request.app[LIMITS].opening(address(request))
    values = await body(request)
    chosen = _chosen_language(request, values)
    channel = text_field(values, "channel") or "web"
    if channel not in CHANNELS:
        raise InvalidRequest("field_invalid", field="channel")
    opened = await request.app[CONVERSATIONS].open(
        channel, language(request), pinned=chosen is not None
    )
    answer = {
        "id": opened.id,
        "token": opened.token,
        "language": opened.language,
        "messages": [message.to_json() for message in opened.messages],
    }
    return json_response(answer, status=201)


async def post_message(request: web.Request) -> web.Response:
    """`POST /api/conversations/{id}/messages`"""
    conversation_id = await conversation(request)
    request.app[LIMITS].message(conversation_id)
    values = await body(request)
    text, payload = text_field(values, "text"), text_field(values, "payload", LONGEST_PAYLOAD)
    if (text is None) == (payload is None):
        raise InvalidRequest("text_or_payload")
    message_id = text_field(values, "message_id")
    if message_id is not None and not MESSAGE_ID.fullmatch(message_id):
        raise InvalidRequest("field_invalid", field="message_id")
    replies = await request.app[CONVERSATIONS].turn(
        conversation_id, text=text, payload=payload, message_id=message_id
    )
    return json_response({"messages": [message.to_json() for message in replies]})


async def get_messages(request: web.Request) -> web.Response:
    """`GET /api/conversations/{id}/messages?after=…`"""
    conversation_id = await conversation(request)
    after = request.query.get("after") or None
    messages = await request.app[CONVERSATIONS].messages(conversation_id, after)
    return json_response({"messages": [message.to_json() for message in messages]})


async def set_language(request: web.Request) -> web.Response:
    """`POST /api/conversations/{id}/language`"""
    conversation_id = await conversation(request)
    chosen = _chosen_language(request, await body(request))
    if chosen is None:
        raise InvalidRequest("language_unknown")
    await request.app[CONVERSATIONS].speak(conversation_id, chosen)
    return json_response({"language": chosen})


async def export_conversation(request: web.Request) -> web.Response:
    """`GET /api/conversations/{id}/export`"""
    conversation_id = await conversation(request)
    everything = await request.app[CONVERSATIONS].export(conversation_id)
    return json_response(everything, Content_Disposition='attachment; filename="conversation.json"')


async def delete_conversation(request: web.Request) -> web.Response:
    """`DELETE /api/conversations/{id}`"""
    await request.app[CONVERSATIONS].delete(await conversation(request))
    return web.Response(status=204)


def _chosen_language(request: web.Request, values: dict[str, object]) -> str | None:
    """The language that the body names, from now on that of the answer."""
    code = text_field(values, "language", longest=16)
    if code is None:
        return None
    chosen = request.app[CONVERSATIONS].texts.spoken(code)
    if chosen is None:
        raise InvalidRequest("language_unknown")
    request[LANGUAGE] = chosen
    return chosen
