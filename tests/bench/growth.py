"""`python -m tests.bench.growth`: how the search grows with the registry.

Registries of 4,000 procedures and more, made by varying the real ones: each is one of them with two
words of another in its title and names. The embedding and what else is learnt stay those of the
real registry; records, inverted lists and the vectors' index are built anew. Each size is searched
in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np

from knowledge_base import build, embedding, index, records, registry
from knowledge_base.evaluate import read_questions
from knowledge_base.lexicon import lexicon
from knowledge_base.procedure import Procedure
from knowledge_base.search import Searcher
from tests.bench.figures import percentile
from tests.bench.search import REGISTRY
from tests.bench.table import number, table

SIZES = (4_000, 40_000)
LARGEST = 400_000
QUESTIONS = Path(__file__).parent / "registry.jsonl"
_ASKED = 400
_CHECKED = 100
"""Questions whose nearest are compared with those of an exact search."""
_NEAREST = 10
_SEED = 20
_BUILT = (index.LEXICAL, index.NEAREST, index.VECTORS, index.MANIFEST, records.FILE, records.STARTS)
"""What is built anew for each size."""
_MB = 1024
_HEADINGS = (
    "procedures", "names", "build s", "on disk MB", "opens s", "memory MB", "search p50 ms",
    "p95 ms", "nearest found", "words found", "right within 5",
)  # fmt: skip


@dataclass(frozen=True)
class Growth:
    """One size of the registry."""

    procedures: int
    names: int
    build_s: float
    disk_mb: float
    opens_s: float
    memory_mb: float
    p50_ms: float
    p95_ms: float
    nearest_found: float
    """Of the ten names nearest by an exact comparison of all vectors, the share that is found."""
    words_found: float
    """Of the ten names with most of the question's words, where every list is read to its end."""
    right: float
    """Questions on the real procedures whose right one is within five, all its variants beside."""


def main() -> int:
    """Prints the table; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description=__doc__)
    parser.add_argument("--largest", action="store_true", help=f"{LARGEST} procedures too")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(_measure(options.measure)))
        return 0
    home = Path(os.environ.get("ARIADNE_HOME") or "var") / "bench" / "registry"
    found = grow(home, (*SIZES, LARGEST) if options.largest else SIZES)
    if not found:
        print(f"the registry's snapshot is not at {REGISTRY}", file=sys.stderr)
        return 1
    print(shown(found))
    return 0


def grow(home: Path, sizes: Sequence[int]) -> list[Growth]:
    """Builds and measures each size; nothing where there is no snapshot.

    Parameters:
        home: where the index of the real registry is, or is built.
    """
    if not REGISTRY.is_file():
        return []
    registry.Registry(home).replace(registry.read_file(REGISTRY))
    version, _ = build.build(home, build.Model(), lambda items, what: items)
    real = build.gather(home)
    return [_one(home / index.FOLDER / version, real, size) for size in sizes]


def shown(found: Sequence[Growth]) -> str:
    """The table."""
    lines = []
    for one in found:
        figures = [number(value) for value in list(asdict(one).values())[2:8]]
        shares = (one.nearest_found, one.words_found, one.right)
        counts = (f"{one.procedures:,}", f"{one.names:,}")
        lines.append((*counts, *figures, *map("{:.2f}".format, shares)))
    return table(_HEADINGS, lines)


def _one(learnt_from: Path, real: list[Procedure], size: int) -> Growth:
    with tempfile.TemporaryDirectory(dir=learnt_from.parent) as folder:
        version = Path(folder)
        started = perf_counter()
        names = _build(version, learnt_from, list(varied(real, size)))
        built = perf_counter() - started
        disk = sum(file.stat().st_size for file in version.rglob("*") if file.is_file())
        command = [sys.executable, "-m", "tests.bench.growth", "--measure", str(version)]
        measured = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return Growth(size, names, built, disk / _MB**2, **measured)


def varied(real: list[Procedure], size: int) -> Iterator[Procedure]:
    """The real procedures, then as many variants as make up `size`."""
    yield from real[:size]
    draw = random.Random(_SEED)
    for place in range(len(real), size):
        one, other = real[place % len(real)], draw.choice(real)
        said = other.official_title.split()
        words = " ".join(draw.sample(said, min(2, len(said))))
        yield replace(
            one,
            id=f"v{place}",
            official_title=f"{one.official_title} {words}",
            title={"el": f"{one.title['el']} {words}"},
            names={"el": tuple(f"{name} {words}" for name in one.names.get("el", ())[:4])},
            shipped=False,
        )


def _build(folder: Path, learnt_from: Path, procedures: list[Procedure]) -> int:
    """What a build makes of procedures, with what is learnt taken from another version."""
    for path in learnt_from.iterdir():
        if path.is_dir():
            shutil.copytree(path, folder / path.name)
        elif path.name not in _BUILT:
            shutil.copyfile(path, folder / path.name)
    called = build.names_of(procedures)
    encoder = embedding.EmbeddedEncoder(folder / index.MODEL)
    build.write_search(folder, procedures, called, encoder, build.Model(), lambda items, _: items)
    return len(called)


def _measure(folder: Path) -> dict[str, float]:
    started = perf_counter()
    opened = index.open_version(folder)
    opens = perf_counter() - started
    searcher = Searcher(opened)
    rows = [row for row in read_questions(QUESTIONS) if row["ids"]]
    rows = random.Random(_SEED).sample(rows, _ASKED)
    asked = [(lexicon(row["lang"]).read(row["q"]), row["ids"]) for row in rows]
    for question, _ in asked[:_CHECKED]:
        searcher.search(question)
    times, right = [], 0
    for question, ids in asked:
        started = perf_counter()
        hits = searcher.search(question, 5)
        times.append((perf_counter() - started) * 1000)
        right += any(hit.procedure_id in ids for hit in hits)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MB
    texts = [" ".join(question.about) for question, _ in asked[:_CHECKED] if question.about]
    return {
        "opens_s": opens,
        "memory_mb": memory,
        "p50_ms": percentile(times, 0.5),
        "p95_ms": percentile(times, 0.95),
        "nearest_found": _nearest_found(opened, texts),
        "words_found": _words_found(opened, texts),
        "right": right / len(asked),
    }


def _nearest_found(opened: index.Index, texts: list[str]) -> float:
    vectors = opened.encoder.encode(texts, "query")
    found = opened.nearest.search(vectors, _NEAREST)[1]
    shares = []
    for vector, near in zip(vectors, found, strict=True):
        alike = opened.vectors.astype(np.float32) @ vector
        worst = np.sort(alike)[-_NEAREST]
        shares.append(float(np.mean(alike[near] >= worst - _ROUNDING)))
    return float(np.mean(shares))


_ROUNDING = 5e-3
"""By which vectors of eight bits a number may be off: what is as near as the tenth counts."""


def _words_found(opened: index.Index, texts: list[str]) -> float:
    postings = opened.lexical.names
    shares = []
    for text in texts:
        columns, weights = opened.lexical.stems.weigh(text)
        if not len(columns):
            continue
        within = postings.best(columns, weights, _NEAREST, 20_000)
        whole = postings.best(columns, weights, _NEAREST, sys.maxsize)
        sums = postings.weigh(whole, columns, weights)
        mine = postings.weigh(within, columns, weights)
        shares.append(float(np.mean(np.sort(mine)[::-1][: len(sums)] >= sums.min() - 1e-6)))
    return float(np.mean(shares))


if __name__ == "__main__":
    sys.exit(main())
