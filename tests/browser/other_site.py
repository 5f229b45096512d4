"""A page of another origin that embeds the widget and does it no favours."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Δήμος</title>
<style>
  * {{ all: unset !important; color: red !important; font: 40px/1 serif !important }}
  body, ariadne-assistant {{ transform: rotate(3deg) !important; pointer-events: none !important }}
  ariadne-assistant {{ display: none !important; opacity: 0 !important; z-index: -1 !important }}
  html {{ font-size: 3px !important }}
  .cover {{ display: block !important; position: fixed !important; inset: 0 !important;
    z-index: 2147483647 !important; background: #ff0 !important }}
</style></head><body><main><h1>Δήμος</h1></main><div class="cover"></div>
<script src="{assistant}/widget.js" {attributes} defer></script></body></html>"""
POLICY = (
    "default-src 'none'; script-src {assistant}; style-src 'unsafe-inline'; "
    "connect-src {assistant} {sockets}"
)

Embed = Callable[..., str]
"""`embed(assistant, attributes="", language="el")`: the address of a page with the widget."""


@contextmanager
def other_site() -> Iterator[Embed]:
    """Serves such pages as long as the context lasts."""
    page: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", page["policy"])
            self.end_headers()
            self.wfile.write(page["body"].encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def embed(assistant: str, attributes: str = "", language: str = "el") -> str:
        sockets = assistant.replace("http", "ws")
        page["policy"] = POLICY.format(assistant=assistant, sockets=sockets)
        page["body"] = PAGE.format(assistant=assistant, attributes=attributes, language=language)
        return f"http://localhost:{server.server_port}/"

    yield embed
    server.shutdown()
    server.server_close()
