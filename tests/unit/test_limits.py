"""Token buckets: pure arithmetic over a clock of ours."""

from __future__ import annotations

import pytest

from bot.errors import TooMany
from bot.settings import Settings
from bot.web.limits import Limits, TokenBuckets


class Clock:
    """A clock that stands still until it is moved."""

    time = 100.0

    def __call__(self) -> float:
        return self.time


def test_a_full_bucket_allows_its_capacity_at_once() -> None:
    buckets = TokenBuckets(3, 60, Clock())
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 0]
    assert buckets.take("a") == pytest.approx(20)


def test_a_bucket_fills_evenly() -> None:
    clock = Clock()
    buckets = TokenBuckets(2, 60, clock)
    buckets.take("a"), buckets.take("a")
    clock.time += 30
    assert buckets.take("a") == 0
    assert buckets.take("a") == pytest.approx(30)


def test_a_bucket_never_holds_more_than_its_capacity() -> None:
    clock = Clock()
    buckets = TokenBuckets(1, 60, clock)
    clock.time += 3600
    assert buckets.take("a") == 0
    assert buckets.take("a") > 0


def test_each_key_has_its_own_bucket() -> None:
    buckets = TokenBuckets(1, 60, Clock())
    assert buckets.take("a") == 0
    assert buckets.take("b") == 0


def test_a_refusal_says_when_to_come_back() -> None:
    limits = Limits(Settings(conversation_rate=1), Clock())
    limits.message("c")
    with pytest.raises(TooMany) as raised:
        limits.message("c")
    assert raised.value.retry_after == pytest.approx(60)


@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::1", "", "nonsense"])
def test_every_address_but_this_machines_is_limited(address: str) -> None:
    limits = Limits(Settings(address_conversations=1), Clock())
    limits.opening(address)
    with pytest.raises(TooMany):
        limits.opening(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_this_machine_is_not_limited_by_address(address: str) -> None:
    limits = Limits(Settings(address_conversations=1), Clock())
    limits.opening(address)
    limits.opening(address)
