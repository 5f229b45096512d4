"""A server that speaks the registry's API, with every fault it can have."""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Record = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """What is answered in the place of the right thing."""

    status: int = 200
    body: bytes | None = None
    """`None`: the right one."""
    headers: tuple[tuple[str, str], ...] = ()
    drops: bool = False
    """The connection is closed without an answer."""
    hangs: bool = False
    """No answer comes while the server stands."""


class RegistryAPI:
    """The registry, as its listing and records say."""

    def __init__(self, records: Iterable[Record], codes: dict[int, str] | None = None) -> None:
        self.records = {str(record["id"]): record for record in records}
        self.codes = codes or {}
        self.asked: list[str] = []
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        """By path, in the order in which requests meet them."""
        self.listed_twice: list[str] = []
        self.total: int | None = None
        """Of the listing, where it is not the true one."""
        self.most_at_once = 0
        self.closing = threading.Event()
        self._under_way = 0
        self._lock = threading.Lock()
        self.url = ""

    def details(self) -> list[str]:
        """The ids whose records were asked for, in order."""
        return [path.rpartition("/")[2] for path in self.asked if "/services-extended/" in path]

    def answer(self, path: str, query: dict[str, list[str]]) -> Any:
        """The right answer; `None` where there is none."""
        if path == "/services":
            return self._listing(int(query["page"][0]), int(query["limit"][0]))
        if path == "/registries/evidence/all":
            data = [{"id": code, "title": {"el": name}} for code, name in self.codes.items()]
            return {"success": True, "data": data}
        record = self.records.get(path.rpartition("/")[2])
        return {"success": True, "data": record} if record else None

    def _listing(self, page: int, limit: int) -> Record:
        ids = [*self.records, *self.listed_twice]
        shown = [self.records[one] for one in ids[(page - 1) * limit : page * limit]]
        data = [{key: one[key] for key in ("id", "title", "last_updated")} for one in shown]
        more = page * limit < len(ids)
        return {
            "success": True,
            "data": data,
            "total": len(ids) if self.total is None else self.total,
            "current_page": page,
            "next_page": page + 1 if more else None,
            "limit": limit,
        }

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Counts requests at once."""
        with self._lock:
            self._under_way += 1
            self.most_at_once = max(self.most_at_once, self._under_way)
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1


@contextmanager
def serving(api: RegistryAPI) -> Iterator[RegistryAPI]:
    """The API on a free port of the loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with api.under_way():
                _reply(self, api)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield api
    finally:
        api.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _reply(request: BaseHTTPRequestHandler, api: RegistryAPI) -> None:
    parts = urlsplit(request.path)
    api.asked.append(parts.path)
    faults = api.faults[parts.path]
    fault = faults.popleft() if faults else Fault()
    if fault.hangs:
        api.closing.wait()
    if fault.drops or fault.hangs:
        request.close_connection = True
        return
    right = api.answer(parts.path, parse_qs(parts.query))
    body = json.dumps(right).encode() if fault.body is None else fault.body
    request.send_response(404 if right is None and fault.status == 200 else fault.status)
    for name, value in (("Content-Length", str(len(body))), *fault.headers):
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)
