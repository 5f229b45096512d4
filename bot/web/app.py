"""The front door: one aiohttp application."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from weakref import WeakSet

from aiohttp import web

from bot.conversation import Conversations
from bot.errors import Unavailable
from bot.settings import Settings
from bot.upkeep import Upkeep, knowledge_base_command
from bot.web import api, events, middleware, pages
from bot.web.context import CONVERSATIONS, LIMITS, SETTINGS
from bot.web.limits import Limits

DAY_S = 24 * 3600

_log = logging.getLogger("ariadne.web")


def create_app(settings: Settings, conversations: Conversations) -> web.Application:
    """The front door over the given conversations, which it closes with itself."""
    app = web.Application(
        middlewares=[middleware.preflight, middleware.errors, middleware.limits],
        client_max_size=settings.body_bytes,
    )
    app[SETTINGS] = settings
    app[CONVERSATIONS] = conversations
    app[LIMITS] = Limits(settings)
    app[events.SOCKETS] = WeakSet()
    app.add_routes(
        [
            web.post("/api/conversations", api.open_conversation),
            web.post("/api/conversations/{id}/messages", api.post_message),
            web.get("/api/conversations/{id}/messages", api.get_messages),
            web.post("/api/conversations/{id}/language", api.set_language),
            web.get("/api/conversations/{id}/events", events.events),
            web.get("/api/conversations/{id}/export", api.export_conversation),
            web.delete("/api/conversations/{id}", api.delete_conversation),
            web.get("/api/openapi.json", pages.openapi),
            web.get("/health", pages.health),
            web.get("/metrics", pages.metrics),
            web.get("/", pages.index),
            web.get("/widget.js", pages.script),
            web.get("/widget/texts/{language}.json", pages.widget_texts),
            web.static("/widget", pages.WIDGET),
        ]
    )
    app.on_response_prepare.append(middleware.headers)  # type: ignore[arg-type]  # aiosignal's own types
    app.on_shutdown.append(events.close_sockets)  # type: ignore[arg-type]
    app.cleanup_ctx.append(_open_conversations)
    app.cleanup_ctx.append(_retention)
    app.cleanup_ctx.append(_upkeep)
    return app


async def _open_conversations(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[CONVERSATIONS].close()


async def _retention(app: web.Application) -> AsyncIterator[None]:
    purging = asyncio.create_task(_purge_daily(app[CONVERSATIONS], app[SETTINGS].retention_days))
    yield
    purging.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await purging


async def _upkeep(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    if not settings.sync_every_hours:
        yield
        return
    upkeep = Upkeep(settings.home, settings.sync_every_hours, knowledge_base_command(settings))
    keeping = asyncio.create_task(upkeep.keep())
    yield
    keeping.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await keeping


async def _purge_daily(conversations: Conversations, days: int) -> None:
    while True:
        try:
            deleted = await conversations.purge(days)
            _log.info("retention", extra={"fields": {"deleted": deleted}})
        except Unavailable:
            _log.warning("retention put off: the store is busy")
        await asyncio.sleep(DAY_S)
