"""What is counted and timed, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)


class Metrics:
    """The counters of one front door."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self.turns = Counter(
            "ariadne_turns",
            "Turns of conversations",
            ("outcome", "channel", "language"),
            registry=registry,
        )
        self.turn_seconds = Histogram(
            "ariadne_turn_seconds", "Whole turns", buckets=_SECONDS, registry=registry
        )
        self.engine_seconds = Histogram(
            "ariadne_engine_seconds", "The engine's part", buckets=_SECONDS, registry=registry
        )
        self.errors = Counter("ariadne_errors", "Refusals and errors", ("code",), registry=registry)
        self.conversations = Counter(
            "ariadne_conversations", "Conversations opened", ("channel",), registry=registry
        )
        self.sockets = Gauge("ariadne_open_websockets", "Open WebSockets", registry=registry)

    def text(self) -> bytes:
        """All figures in Prometheus's text format."""
        return generate_latest(self._registry)
