"""`python -m tests.bench.retrieval`: how well the search finds, beside others and part by part.

Over what ships and the whole registry. Every variant of ours is fitted anew, on the development
questions alone; the acceptance questions are by authors whose questions nothing was learnt from.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from knowledge_base import build, index, ranker, registry
from knowledge_base.candidates import INGREDIENTS, Candidates
from knowledge_base.evaluate import read_questions
from knowledge_base.index import Index
from knowledge_base.lexicon import lexicon
from knowledge_base.procedure import Procedure
from knowledge_base.terms import stems
from tests.bench.search import REGISTRY
from tests.bench.table import table

HERE = Path(__file__).parent
ACCEPTANCE = HERE.parent / "acceptance" / "registry"
DEVELOPMENT = (HERE / "development.jsonl", HERE / "registry.jsonl")
TOP = 5
_SEED = 20
Row = dict[str, Any]
Finder = Callable[[Row], list[str]]


@dataclass(frozen=True)
class Figures:
    """How a system did on some questions."""

    system: str
    questions: str
    count: int
    first: float
    within_five: float


def main() -> int:
    """Prints the table; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.retrieval", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="default: the acceptance questions")
    options = parser.parse_args()
    if not REGISTRY.is_file():
        print(f"the registry's snapshot is not at {REGISTRY}", file=sys.stderr)
        return 1
    opened = _built(Path(os.environ.get("ARIADNE_HOME") or "var") / "bench" / "registry")
    sets = {"development": _askable(opened, [DEVELOPMENT[1]])}
    for file in options.files or sorted(ACCEPTANCE.glob("*.jsonl")):
        sets[file.stem] = _askable(opened, [file])
    found = [figures for name, finder in _systems(opened) for figures in _try(name, finder, sets)]
    print(_shown(found))
    return 0


def _built(home: Path) -> Index:
    registry.Registry(home).replace(registry.read_file(REGISTRY))
    build.build(home, build.Model(), lambda items, what: tqdm(items, desc=what, leave=False))
    return index.open_index(home)


def _askable(opened: Index, files: Iterable[Path]) -> list[Row]:
    rows = [row for file in files for row in read_questions(file)]
    return [row for row in rows if any(opened.position(one) is not None for one in row["ids"])]


def _systems(opened: Index) -> Iterable[tuple[str, Finder]]:
    procedures = list(opened.procedures)
    yield "BM25, titles", _bm25(procedures, lambda one: one.official_title)
    yield "BM25, titles and text", _bm25(procedures, _whole_text)
    yield "dense index alone", _dense(opened)
    yield "Ariadne", _ours(opened, ())
    for left_out in INGREDIENTS:
        yield f"  without {left_out}", _ours(opened, (left_out,))


def _bm25(procedures: Sequence[Procedure], text: Callable[[Procedure], str]) -> Finder:
    """Lucene's BM25 over Greek stems, by the `bm25s` library."""
    import bm25s

    model = bm25s.BM25()
    model.index([stems(text(one)) for one in procedures], show_progress=False)
    known = set(model.vocab_dict)

    def find(row: Row) -> list[str]:
        asked = [one for one in stems(row["q"]) if one in known]
        if not asked:
            return []
        places, scores = model.retrieve([asked], k=TOP, show_progress=False)
        hits = zip(places[0], scores[0], strict=True)
        return [procedures[place].id for place, score in hits if score > 0]

    return find


def _whole_text(procedure: Procedure) -> str:
    facts = [*procedure.eligibility, *procedure.documents]
    texts = [procedure.official_title, *procedure.summary.values()]
    return " ".join([*texts, *(fact.text.get("el", "") for fact in facts)])


def _dense(opened: Index) -> Finder:
    def find(row: Row) -> list[str]:
        about = lexicon(row.get("lang", "el")).read(row["q"]).about
        vector = opened.encoder.encode([" ".join(about)], "query")
        names = opened.nearest.search(vector, 200)[1][0]
        owners = dict.fromkeys(int(opened.lexical.owner[one]) for one in names if one >= 0)
        return [opened.lexical.ids[one] for one in list(owners)[:TOP]]

    return find


def _ours(opened: Index, without: Sequence[str]) -> Finder:
    candidates = Candidates(opened, without)
    chosen = []
    rows = _askable(opened, DEVELOPMENT)
    for row in tqdm(rows, desc=f"fitting without {', '.join(without) or 'nothing'}", leave=False):
        question = lexicon(row.get("lang", "el")).read(row["q"])
        if question.about:
            places, features = candidates.features(question)
            right = np.array([opened.lexical.ids[place] in row["ids"] for place in places])
            if right.any():
                chosen.append((features, right))
    fitted = ranker.fit(chosen, _SEED)

    def find(row: Row) -> list[str]:
        question = lexicon(row.get("lang", "el")).read(row["q"])
        if not question.about:
            return []
        places, features = candidates.features(question)
        order = np.argsort(-fitted.weigh(features), kind="stable")[:TOP]
        return [opened.lexical.ids[places[place]] for place in order]

    return find


def _try(name: str, find: Finder, sets: dict[str, list[Row]]) -> Iterable[Figures]:
    for questions, rows in sets.items():
        by_language: dict[str, list[int | None]] = {}
        for row in rows:
            found = find(row)
            rank = next((n for n, one in enumerate(found) if one in row["ids"]), None)
            by_language.setdefault(_language(row), []).append(rank)
        for language, ranks in sorted(by_language.items()):
            first = sum(rank == 0 for rank in ranks) / len(ranks)
            within = sum(rank is not None for rank in ranks) / len(ranks)
            yield Figures(name, f"{questions} {language}", len(ranks), first, within)


def _language(row: Row) -> str:
    language = str(row.get("lang", "el"))
    return language if language in ("el", "el-Latn", "en") else "others"


def _shown(found: Sequence[Figures]) -> str:
    sets = list(dict.fromkeys((one.questions, one.count) for one in found))
    systems = list(dict.fromkeys(one.system for one in found))
    told = {(one.system, one.questions): f"{one.first:.2f} {one.within_five:.2f}" for one in found}
    heading = ("recall@1 recall@5", *(f"{questions} ({count})" for questions, count in sets))
    lines = [(system, *(told[system, questions] for questions, _ in sets)) for system in systems]
    return table(heading, lines)


if __name__ == "__main__":
    sys.exit(main())
