"""How often somebody may ask: token buckets, kept in memory."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from bot.errors import TooMany
from bot.settings import Settings

BUCKETS_KEPT = 100_000
EVERYBODY = ""


class TokenBuckets:
    """One bucket a key, each full at first and filled again evenly.

    Args:
        capacity: what a full bucket allows at once.
        period_s: seconds in which an empty bucket fills.
        clock: gives the time in seconds.
    """

    def __init__(
        self, capacity: int, period_s: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self._capacity = capacity
        self._per_s = capacity / period_s
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Takes one token of `key`; returns 0, or the seconds until there is one."""
        time = self._clock()
        tokens, since = self._buckets.pop(key, (float(self._capacity), time))
        tokens = min(self._capacity, tokens + (time - since) * self._per_s)
        wait = 0.0 if tokens >= 1 else (1 - tokens) / self._per_s
        self._buckets[key] = (tokens if wait else tokens - 1, time)
        if len(self._buckets) > BUCKETS_KEPT:
            self._buckets.popitem(last=False)
        return wait


class Limits:
    """The limits of the front door."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = monotonic) -> None:
        self._unlimited = settings.unlimited_networks
        self._everybody = TokenBuckets(settings.global_rate, 60, clock)
        self._address = TokenBuckets(settings.address_rate, 60, clock)
        self._conversation = TokenBuckets(settings.conversation_rate, 60, clock)
        self._opening = TokenBuckets(settings.address_conversations, 3600, clock)

    def request(self, address: str) -> None:
        """Counts one request to the API; raises `TooMany`."""
        _take(self._everybody, EVERYBODY, "too_busy")
        if not self._is_unlimited(address):
            _take(self._address, address, "too_many_requests")

    def opening(self, address: str) -> None:
        """Counts one new conversation; raises `TooMany`."""
        if not self._is_unlimited(address):
            _take(self._opening, address, "too_many_conversations")

    def message(self, conversation_id: str) -> None:
        """Counts one message of a citizen; raises `TooMany`."""
        _take(self._conversation, conversation_id, "too_many_requests")

    def _is_unlimited(self, address: str) -> bool:
        try:
            peer = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(peer in network for network in self._unlimited)


def _take(buckets: TokenBuckets, key: str, code: str) -> None:
    wait = buckets.take(key)
    if wait:
        raise TooMany(code, retry_after=wait)
