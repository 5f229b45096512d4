"""Fetches the registry over its public API, asking only for what changed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

API = "https://api.digigov.grnet.gr/v1"
_PAGE = 500
_AT_ONCE = 4
_TIMEOUT_S = 30.0


class RegistryUnreachableError(OSError):
    """The registry did not answer, or not as its API should."""


def fetch(base_url: str, kept: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every procedure's detail record; the kept one where the registry says nothing changed.

    Parameters:
        base_url: of the API, without a slash at the end.
        kept: records fetched before, by id.

    Raises:
        RegistryUnreachableError: after three retries with growing pauses.
    """
    with requests.Session() as session, ThreadPoolExecutor(_AT_ONCE) as pool:
        session.mount(
            base_url,
            HTTPAdapter(
                pool_maxsize=_AT_ONCE,
                max_retries=Retry(
                    total=3, backoff_factor=0.5, status_forcelist=(429, 500, 502, 503, 504)
                ),
            ),
        )

        def detail(listed: dict[str, Any]) -> dict[str, Any]:
            before = kept.get(str(listed.get("id")))
            if before and before.get("last_updated") == listed.get("last_updated"):
                return before
            answer = _get(session, f"{base_url}/services-extended/{listed.get('id')}")
            record = answer.get("data")
            return record if isinstance(record, dict) else {"id": listed.get("id")}

        yield from pool.map(detail, list(_listed(session, base_url)))


def _listed(session: requests.Session, base_url: str) -> Iterator[dict[str, Any]]:
    page: int | None = 1
    while page:
        answer = _get(session, f"{base_url}/services?page={page}&limit={_PAGE}")
        yield from (item for item in answer.get("data") or [] if isinstance(item, dict))
        following = answer.get("next_page")
        page = following if isinstance(following, int) and following > page else None


def _get(session: requests.Session, url: str) -> dict[str, Any]:
    try:
        answer = session.get(url, timeout=_TIMEOUT_S)
        answer.raise_for_status()
        body = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise RegistryUnreachableError(
            f"the registry could not be read ({url}): {error}"
        ) from error
    if not isinstance(body, dict):
        raise RegistryUnreachableError(f"the registry answered with something else ({url})")
    return body
