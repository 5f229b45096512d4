"""What holds for every request: errors told politely, limits, headers."""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.errors import InvalidRequest, NotFound, Refusal, TooLarge
from bot.web.context import CONVERSATIONS, LIMITS, SETTINGS, address, json_response, language

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_log = logging.getLogger("ariadne.web")
_OURS = {404: lambda: NotFound("page_not_found"), 413: TooLarge}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
)


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns whatever goes wrong into `{"error": {"code", "message"}}`."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return _refused(request, refusal)
    except web.HTTPMethodNotAllowed as error:
        response = _refused(request, InvalidRequest("method_not_allowed"), 405)
        response.headers["Allow"] = error.headers["Allow"]
        return response
    except web.HTTPException as error:
        if error.status < 400:
            raise
        make = _OURS.get(error.status, lambda: InvalidRequest("request_invalid"))
        return _refused(request, make(), error.status)
    except Exception:
        # Whatever it is, the citizen gets a sentence and the operator the traceback.
        _log.exception("unexpected error")
        return _refused(request, Refusal("internal"), 500)


def _refused(request: web.Request, refusal: Refusal, status: int | None = None) -> web.Response:
    conversations = request.app[CONVERSATIONS]
    conversations.metrics.errors.labels(refusal.code).inc()
    text = conversations.texts.say(f"error_{refusal.code}", language(request), **refusal.values)
    body = {"error": {"code": refusal.code, "message": text}}
    response = json_response(body, status or refusal.status)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(refusal.retry_after)))
    return response


@web.middleware
async def limits(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts the requests to the citizen's interface."""
    if request.path.startswith("/api/conversations") and request.method != "OPTIONS":
        request.app[LIMITS].request(address(request))
    return await handler(request)


@web.middleware
async def preflight(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers a browser that asks whether another site may call the interface."""
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return await handler(request)
    return web.Response(status=204)


async def headers(request: web.Request, response: web.StreamResponse) -> None:
    """Adds the headers of security and, for origins that are allowed, of CORS."""
    settings = request.app[SETTINGS]
    ancestors = settings.frame_ancestors
    response.headers["Server"] = "Ariadne"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    response.headers["Content-Security-Policy"] = f"{_PAGE_POLICY}; frame-ancestors {ancestors}"
    if ancestors in ("'none'", "'self'"):
        response.headers["X-Frame-Options"] = "DENY" if ancestors == "'none'" else "SAMEORIGIN"
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    origin = request.headers.get("Origin")
    if origin and ("*" in settings.allowed_origins or origin in settings.allowed_origins):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
        response.headers["Access-Control-Allow-Headers"] = (
            "Authorization, Content-Type, Accept-Language"
        )
        response.headers["Access-Control-Expose-Headers"] = "Retry-After, Content-Disposition"
        response.headers["Access-Control-Max-Age"] = "3600"
    if settings.allowed_origins:
        response.headers["Vary"] = "Origin"
