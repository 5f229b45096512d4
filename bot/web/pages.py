"""The pages and files that need no conversation: widget, health, figures, description."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from aiohttp import web

from bot.errors import AriadneError, NotFound
from bot.texts import section
from bot.web.context import CONVERSATIONS, SETTINGS, json_response

WIDGET = Path(__file__).parent / "widget"
PING_S = 2.0
DOWN_WITHOUT = ("store", "engine")
"""Parts without which no citizen is answered; without the others, some are."""


async def index(_: web.Request) -> web.FileResponse:
    """`GET /`: the page that shows the widget."""
    return _fresh(WIDGET / "index.html")


async def script(_: web.Request) -> web.FileResponse:
    """`GET /widget.js`: the widget, for any page that embeds it."""
    return _fresh(WIDGET / "ariadne.js")


async def widget_texts(request: web.Request) -> web.Response:
    """`GET /widget/texts/{language}.json`: what the widget itself says."""
    texts = _widget_texts().get(request.match_info["language"])
    if not texts:
        raise NotFound("page_not_found")
    return json_response(texts, Cache_Control="no-cache")


@cache
def _widget_texts() -> dict[str, dict[str, Any]]:
    return section("widget")


def _fresh(path: Path) -> web.FileResponse:
    return web.FileResponse(path, headers={"Cache-Control": "no-cache"})


async def health(request: web.Request) -> web.Response:
    """`GET /health`: whether every part answers."""
    conversations = request.app[CONVERSATIONS]
    checks = {"store": conversations.check_store(), "engine": conversations.check_engine()}
    if request.app[SETTINGS].actions_port:
        checks["actions"] = _answers(f"{request.app[SETTINGS].actions_url}/health")
    results = await asyncio.gather(*map(_part, checks.values()))
    parts = dict(zip(checks, results, strict=True))
    failed = [part for part, result in parts.items() if result != "ok"]
    down = any(part in DOWN_WITHOUT for part in failed)
    status = "down" if down else "degraded" if failed else "ok"
    return json_response({"status": status, "parts": parts}, 503 if down else 200)


async def _part(check: Awaitable[None]) -> str:
    with contextlib.suppress(AriadneError, aiohttp.ClientError, asyncio.TimeoutError):
        await asyncio.wait_for(check, PING_S)
        return "ok"
    return "down"


async def _answers(url: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        response.raise_for_status()


async def metrics(request: web.Request) -> web.Response:
    """`GET /metrics`"""
    text = request.app[CONVERSATIONS].metrics.text()
    return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4"})


async def openapi(_: web.Request) -> web.Response:
    """`GET /api/openapi.json`"""
    return json_response(description())


@cache
def description() -> Any:
    """The OpenAPI description of the interface."""
    return yaml.safe_load((Path(__file__).parent / "openapi.yml").read_text(encoding="utf-8"))
