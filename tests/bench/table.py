"""How the figures are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tests.bench.figures import Ratio, Row, Spread
from tests.bench.search import Search

HEADINGS = ("", "citizens", "messages/s", "p50 ms", "p95 ms", "CPU ms/message", "by an action")
SEARCH_HEADINGS = (
    "knowledge base",
    "procedures",
    "questions",
    "search p50 ms",
    "p95 ms",
    "answer p50 ms",
    "p95 ms",
)


def number(value: float) -> str:
    """Three digits that say something, without an exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def spread(figure: Spread) -> str:
    """The median, with the lowest and highest round."""
    return f"{number(figure.median)} ({number(figure.lowest)}–{number(figure.highest)})"


def table(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Columns as wide as they need to be; the first to the left, the others to the right."""
    cells = [list(headings), *map(list, lines)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )


def measurements(measured: Sequence[Row]) -> str:
    """The main table."""
    return table(HEADINGS, map(_cells, measured))


def _cells(row: Row) -> tuple[str, ...]:
    figures = (row.per_second, row.p50_ms, row.p95_ms, row.cpu_ms)
    return (row.load, str(row.citizens), *map(spread, figures), f"{row.action_share:.0%}")


def ratio_lines(found: Sequence[Ratio], baseline: str) -> str:
    """One line a load and number of citizens."""
    lines = [
        (ratio.load, str(ratio.citizens), f"{ratio.throughput:.2f}", f"{ratio.p95:.2f}")
        for ratio in found
    ]
    return table((f"ours / {baseline}", "citizens", "throughput", "p95"), lines)


def processes(found: Mapping[str, Mapping[str, Spread]]) -> str:
    """Memory and start of each system."""
    headings = ("", "memory of all processes, MB (PSS, highest)", "start to first answer, s")
    return table(
        headings,
        [(name, spread(one["memory_mb"]), spread(one["start_s"])) for name, one in found.items()],
    )


def searches(found: Sequence[Search]) -> str:
    """The knowledge base alone."""
    lines = []
    for one in found:
        times = (one.search_p50_ms, one.search_p95_ms, one.answer_p50_ms, one.answer_p95_ms)
        lines.append((one.over, str(one.procedures), str(one.questions), *map(number, times)))
    return table(SEARCH_HEADINGS, lines)
