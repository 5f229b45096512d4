"""`python -m knowledge_base COMMAND`: JSON on standard output, all else on standard error."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from knowledge_base import compare, content


def main() -> int:
    """Runs one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m knowledge_base", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("check", help="validate the shipped procedures")
    command.set_defaults(run=lambda _: {"procedures": len(content.load())})

    command = commands.add_parser("compare", help="hold them against the registry's records")
    command.add_argument("records", type=Path, metavar="FILE.jsonl")
    command.set_defaults(run=_compare)

    arguments = parser.parse_args()
    try:
        result = arguments.run(arguments)
    except (content.ContentError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    json.dump(result, sys.stdout, ensure_ascii=False, indent=2)
    print()
    return 1 if isinstance(result, dict) and result.get("unexplained") else 0


def _compare(arguments: argparse.Namespace) -> dict[str, Any]:
    faults, compared = compare.compare(content.load(), arguments.records)
    return {"compared": compared, "unexplained": faults}


if __name__ == "__main__":
    sys.exit(main())
