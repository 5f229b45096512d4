"""Fetches the registry over its public API, asking only for what changed.

Details are kept beside the registry as they come, so that a fetch that was cut off goes on where it
stopped. Whether anything reaches the assistant is decided by `Registry.replace`, once all is there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

API = "https://api.digigov.grnet.gr/v1"
_PAGE = 500
_TRANSIENT = (408, 425, 429, 500, 502, 503, 504)
_ABANDONED_FROM = 0.2
"""The share of details that may fail before the registry is held to be out of order."""
_FEW = 5
Record = dict[str, Any]


class RegistryUnreachableError(OSError):
    """The registry did not answer, or not as its API should."""


@dataclass(frozen=True)
class Manners:
    """How the registry is asked."""

    at_once: int = 4
    """Requests under way together."""
    per_second: float = 10.0
    """Requests begun in a second, at most."""
    retries: int = 4
    """Tries after the first, with pauses that double; `Retry-After` is obeyed."""
    pause_s: float = 0.5
    """Before the second try."""
    timeout_s: float = 30.0
    """Without a byte, after which a try has failed."""


def fetch(
    base_url: str, kept: dict[str, Record], progress: Path, manners: Manners
) -> Iterator[Record]:
    """Every procedure's detail record; the kept one where the registry says nothing changed.

    Parameters:
        base_url: of the API, without a slash at the end.
        kept: records fetched before, by id.
        progress: file in which details are kept; the caller deletes it once all are safe.

    Returns:
        Records in the order of the listing. One whose detail could not be had comes as it was kept,
        or as `{"id", "unreachable": why}`.

    Raises:
        RegistryUnreachableError: the listing cannot be read whole, or too many details cannot.
    """
    with _Registry(base_url, manners) as registry:
        listed = list(registry.listed())
        codes = registry.evidence_types()
        with _Progress(progress) as begun:
            known = {**kept, **begun.records}
            failed = 0
            for listing, record in registry.details(listed, known):
                if isinstance(record, RegistryUnreachableError):
                    failed += 1
                    if failed > max(_FEW, _ABANDONED_FROM * len(listed)):
                        raise record
                    yield kept.get(_id(listing)) or {**listing, "unreachable": str(record)}
                    continue
                if record is not kept.get(_id(listing)):
                    begun.keep(record)
                yield _with_codes_expanded(record, codes)


class _Registry:
    """The API, asked politely."""

    def __init__(self, base_url: str, manners: Manners) -> None:
        self._base_url = base_url
        self._manners = manners
        self._session = requests.Session()
        self._pool = ThreadPoolExecutor(manners.at_once)
        self._turn = threading.Lock()
        self._next = 0.0

    def __enter__(self) -> _Registry:
        again = Retry(
            total=self._manners.retries,
            backoff_factor=self._manners.pause_s,
            status_forcelist=_TRANSIENT,
        )
        for scheme in ("https://", "http://"):
            self._session.mount(
                scheme, HTTPAdapter(pool_maxsize=self._manners.at_once, max_retries=again)
            )
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._session.close()

    def listed(self) -> Iterator[Record]:
        """The listing, page by page, once for each id.

        Raises:
            RegistryUnreachableError: a page is missing, or there are fewer procedures than it says.
        """
        page: int | None = 1
        seen: set[str] = set()
        entries = total = 0
        while page:
            answer = self._get(f"/services?page={page}&limit={_PAGE}")
            for item in answer.get("data") or []:
                entries += 1
                if isinstance(item, dict) and _id(item) not in seen:
                    seen.add(_id(item))
                    yield item
            total = answer["total"] if isinstance(answer.get("total"), int) else total
            following = answer.get("next_page")
            page = following if isinstance(following, int) and following > page else None
        if entries < total:
            raise RegistryUnreachableError(
                f"the registry listed {entries} of its {total} procedures; nothing was changed"
            )

    def evidence_types(self) -> dict[str, Any]:
        """The names of documents by code; none where the registry does not tell them."""
        with suppress(RegistryUnreachableError):
            answer = self._get("/registries/evidence/all")
            items = [one for one in answer.get("data") or [] if isinstance(one, dict)]
            return {str(one["id"]): one.get("title") for one in items if "id" in one}
        return {}

    def details(
        self, listed: list[Record], known: dict[str, Record]
    ) -> Iterator[tuple[Record, Record | RegistryUnreachableError]]:
        """Each listed procedure with its record, in order, few requests ahead of the reader."""
        todo = iter(listed)
        ahead: list[tuple[Record, Future[Record | RegistryUnreachableError]]] = []
        while True:
            for listing in islice(todo, 4 * self._manners.at_once - len(ahead)):
                ahead.append((listing, self._pool.submit(self._detail, listing, known)))
            if not ahead:
                return
            listing, coming = ahead.pop(0)
            wait([coming], return_when=FIRST_COMPLETED)
            yield listing, coming.result()

    def _detail(
        self, listing: Record, known: dict[str, Record]
    ) -> Record | RegistryUnreachableError:
        before = known.get(_id(listing))
        if before and before.get("last_updated") == listing.get("last_updated"):
            return before
        try:
            answer = self._get(f"/services-extended/{_id(listing)}")
        except RegistryUnreachableError as error:
            return error
        record = answer.get("data")
        if not isinstance(record, dict):
            return RegistryUnreachableError(f"the registry has no record of {_id(listing)}")
        return record

    def _get(self, path: str) -> Record:
        url = f"{self._base_url}{path}"
        self._wait_for_turn()
        try:
            answer = self._session.get(url, timeout=self._manners.timeout_s)
            answer.raise_for_status()
            body = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise RegistryUnreachableError(
                f"the registry could not be read ({url}): {error}"
            ) from error
        if not isinstance(body, dict):
            raise RegistryUnreachableError(f"the registry answered with something else ({url})")
        return body

    def _wait_for_turn(self) -> None:
        with self._turn:
            now = time.monotonic()
            self._next = max(now, self._next + 1.0 / self._manners.per_second)
            pause = self._next - now
        time.sleep(pause)


class _Progress:
    """The details fetched so far, in a file of their own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.records: dict[str, Record] = {}

    def __enter__(self) -> _Progress:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.exists():
            for line in self._path.read_bytes().splitlines():
                with suppress(orjson.JSONDecodeError):  # the last one may be cut off
                    record = orjson.loads(line)
                    self.records[_id(record)] = record
        self._file = self._path.open("ab")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def keep(self, record: Record) -> None:
        if self.records.get(_id(record)) is not record:
            self._file.write(b"\n" + orjson.dumps(record))
            self._file.flush()


def _id(record: Record) -> str:
    return str(record.get("id") or "").strip()


def _with_codes_expanded(record: Record, codes: dict[str, Any]) -> Record:
    """The record with the names of its documents' kinds in the place of their codes."""
    metadata = record.get("metadata")
    evidences = metadata.get("process_evidences") if isinstance(metadata, dict) else None
    if not isinstance(evidences, list):
        return record
    expanded = [
        {**item, "evidence_type": {"title": codes[str(item["evidence_type"])]}}
        if isinstance(item, dict) and codes.get(str(item.get("evidence_type")))
        else item
        for item in evidences
    ]
    return {**record, "metadata": {**metadata, "process_evidences": expanded}}  # type: ignore[dict-item]
