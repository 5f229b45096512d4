"""`python -m knowledge_base COMMAND`: JSON on standard output, all else on standard error."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from tqdm import tqdm

from knowledge_base import (
    build,
    compare,
    content,
    corrections,
    evaluate,
    fetch,
    index,
    registry,
    report,
    search,
    thread,
    tune,
)
from knowledge_base.base import KnowledgeBase


def main() -> int:
    """Runs one command; returns the exit status."""
    arguments = _parser().parse_args()
    try:
        result, status = arguments.run(arguments)
    except (
        content.ContentError,
        index.IndexMissingError,
        registry.RejectedRecordError,
        OSError,
        ValueError,
    ) as error:
        print(error, file=sys.stderr)
        return 1
    json.dump(result, sys.stdout, ensure_ascii=False, indent=2)
    print()
    return int(status)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m knowledge_base", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[..., Any], help_text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help_text)
        added.set_defaults(run=run)
        return added

    command("check", _check, "validate the shipped procedures")
    added = command("compare", _compare, "hold the shipped procedures against registry records")
    added.add_argument("records", type=Path, metavar="FILE.jsonl")
    added = command("sync", _sync, "fetch the registry, or read it from a file")
    added.add_argument("--from", dest="file", type=Path, metavar="FILE.jsonl")
    usual = os.environ.get("ARIADNE_REGISTRY_URL") or fetch.API
    added.add_argument("--base-url", default=usual, metavar="URL")
    added = command("build", _build, "build the index of shipped and synced procedures")
    added.add_argument("--force", action="store_true", help="even if nothing changed")
    added = command("search", _search, "find the procedures a text is about")
    added.add_argument("text", metavar="TEXT")
    added.add_argument("--language", metavar="xx")
    added.add_argument("--top", type=int, default=5, metavar="K")
    added = command("answer", _answer, "answer a question, without dialogue")
    added.add_argument("text", metavar="TEXT")
    added.add_argument("--language", metavar="xx")
    added = command("evaluate", _evaluate, "measure the search on a file of questions")
    added.add_argument("questions", type=Path, metavar="FILE.jsonl")
    added.add_argument("--top", type=int, default=5, metavar="K")
    added.add_argument("--rows", action="store_true", help="a line per row on standard error")
    added = command("correct", _correct, "tell which procedure a question is about")
    added.add_argument("text", metavar="QUESTION")
    added.add_argument("procedure_id", metavar="ID")
    added.add_argument("--language", metavar="xx", help="of the question; default: told from it")
    added = command("report", _report, "what citizens said of procedures, and asked in vain")
    added.add_argument("--days", type=int, metavar="N", help="of the last N days alone")
    added.add_argument("--procedure", metavar="ID", help="remarks on one procedure alone")
    added.add_argument("--csv", type=Path, metavar="FOLDER", help="also as tables")
    added = command("tune", _tune, "fit the search's weights on a development set")
    added.add_argument("questions", type=Path, nargs="+", metavar="FILE.jsonl")
    added.add_argument("--follow-ups", action="store_true", help="those of second messages")
    added.add_argument("--write", action="store_true", help="keep them")
    return parser


def home() -> Path:
    """The folder of all state (`ARIADNE_HOME`)."""
    return Path(os.environ.get("ARIADNE_HOME") or "var")


def _model() -> build.Model:
    return build.Model(
        os.environ.get("ARIADNE_EMBEDDING_MODEL", ""),
        os.environ.get("ARIADNE_EMBEDDING_QUERY_PREFIX", ""),
        os.environ.get("ARIADNE_EMBEDDING_PASSAGE_PREFIX", ""),
    )


def _check(_: argparse.Namespace) -> tuple[Any, bool]:
    return {"procedures": len(content.load())}, False


def _compare(arguments: argparse.Namespace) -> tuple[Any, bool]:
    faults, compared = compare.compare(content.load(), arguments.records)
    return {"compared": compared, "unexplained": faults}, bool(faults)


def _sync(arguments: argparse.Namespace) -> tuple[Any, bool]:
    kept = registry.Registry(home())
    records: Iterable[dict[str, Any]] = (
        registry.read_file(arguments.file)
        if arguments.file
        else fetch.fetch(arguments.base_url, kept.records(), kept.progress, _manners())
    )
    shown = tqdm(records, desc="reading the registry", unit=" procedures", disable=None)
    return kept.replace(shown).as_json(), False


def _manners() -> fetch.Manners:
    usual = fetch.Manners()
    return fetch.Manners(
        at_once=int(os.environ.get("ARIADNE_REGISTRY_AT_ONCE") or usual.at_once),
        per_second=float(os.environ.get("ARIADNE_REGISTRY_PER_SECOND") or usual.per_second),
        retries=int(os.environ.get("ARIADNE_REGISTRY_RETRIES") or usual.retries),
        pause_s=float(os.environ.get("ARIADNE_REGISTRY_PAUSE_S") or usual.pause_s),
        timeout_s=float(os.environ.get("ARIADNE_REGISTRY_TIMEOUT_S") or usual.timeout_s),
    )


def _build(arguments: argparse.Namespace) -> tuple[Any, bool]:
    started = time.perf_counter()
    version, built = build.build(home(), _model(), _progress, force=arguments.force)
    return {
        "version": version,
        "built": built,
        "procedures": len(index.open_index(home()).procedures) if built else None,
        "corrections": _corrections_held() if built else None,
        "seconds": round(time.perf_counter() - started, 1),
    }, False


def _corrections_held() -> dict[str, Any]:
    """How many of the corrections by staff the new index finds first, and which it does not."""
    base = KnowledgeBase.open(home())
    rows = corrections.Corrections(home()).rows()
    missed = [
        row
        for row in rows
        if row["ids"][:1] != [one.procedure_id for one in base.search(row["q"], 1, row["lang"])]
    ]
    return {"kept": len(rows), "found_first": len(rows) - len(missed), "missed": missed}


def _progress(items: Iterable[Any], what: str) -> Iterable[Any]:
    return tqdm(items, desc=what, disable=None, leave=False)


def _search(arguments: argparse.Namespace) -> tuple[Any, bool]:
    base = KnowledgeBase.open(home())
    language = arguments.language or base.identify(arguments.text)
    base.search(arguments.text, 1)
    started = time.perf_counter()
    hits = base.search(arguments.text, arguments.top, language)
    elapsed = (time.perf_counter() - started) * 1000
    return {
        "query": arguments.text,
        "language": language,
        "results": [
            {
                "procedure_id": hit.procedure_id,
                "title": base.title(hit.procedure_id, language),
                "score": round(hit.score, 4),
            }
            for hit in hits
        ],
        "ms": round(elapsed, 2),
    }, False


def _answer(arguments: argparse.Namespace) -> tuple[Any, bool]:
    base = KnowledgeBase.open(home())
    language = arguments.language or base.identify(arguments.text)
    return base.ask(arguments.text, language).as_json(), False


def _evaluate(arguments: argparse.Namespace) -> tuple[Any, bool]:
    rows = evaluate.read_questions(arguments.questions)
    base = KnowledgeBase.open(home())
    tell = (lambda line: print(line, file=sys.stderr)) if arguments.rows else (lambda _: None)
    shown = rows if arguments.rows else _progress(rows, "asking")
    return evaluate.evaluate(base, shown, arguments.top, tell), False


def _correct(arguments: argparse.Namespace) -> tuple[Any, bool]:
    base = KnowledgeBase.open(home())
    if base.procedure(arguments.procedure_id) is None:
        raise corrections.CorrectionError(f"there is no procedure {arguments.procedure_id}")
    language = arguments.language or base.identify(arguments.text)
    kept = corrections.Corrections(home())
    row = kept.add(arguments.text, arguments.procedure_id, language)
    return {
        **row,
        "title": base.title(arguments.procedure_id, "el"),
        "kept": len(kept.rows()),
    }, False


def _report(arguments: argparse.Namespace) -> tuple[Any, bool]:
    since = (
        datetime.now(timezone.utc).replace(tzinfo=None) - timedelta(days=arguments.days)
        if arguments.days
        else datetime.min
    )
    known = KnowledgeBase.open(home())

    def describe(procedure_id: str) -> dict[str, str]:
        procedure = known.procedure(procedure_id)
        link = procedure.link if procedure else ""
        return {"title": known.title(procedure_id, "el"), "link": link}

    found = report.report(_database(), describe, since=since, procedure_id=arguments.procedure)
    if arguments.csv:
        found["files"] = report.write_csv(found, arguments.csv)
    return found, False


def _database() -> str:
    """The URL of the assistant's database, to be read only where it is a file."""
    if url := os.environ.get("ARIADNE_DATABASE_URL", ""):
        return url
    path = (home() / "ariadne.db").resolve()
    if not path.exists():
        raise ValueError(f"nobody has talked to the assistant yet: there is no {path}")
    return f"sqlite:///file:{path}?mode=ro&uri=true"


def _tune(arguments: argparse.Namespace) -> tuple[Any, bool]:
    read = [row for file in arguments.questions for row in evaluate.read_questions(file)]
    rows = _progress(read, "reading questions")
    opened = index.open_index(home())
    if arguments.follow_ups:
        fitted, file = tune.follow_ups(opened, rows), thread.WEIGHTS
    else:
        fitted, file = tune.tune(opened, rows), search.WEIGHTS
        fitted["weights"] = search.fusion() | {search.kind_of(opened): fitted["weights"]}
    if arguments.write:
        file.write_text(json.dumps(fitted["weights"], indent=1) + "\n", encoding="ascii")
    return fitted["held_out"], False


if __name__ == "__main__":
    sys.exit(main())
