"""Trains the model when something it is made from has changed: `python -m bot.rasa.train`."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from bot.rasa.environment import environment, home

ROOT = Path(__file__).parents[2]
INGREDIENTS = (
    "config.yml",
    "domain.yml",
    "nlu_data/**/*.yml",
    "bot/rasa/classifier.py",
    "bot/rasa/features.py",
    "bot/rasa/importer.py",
    "knowledge_base/content/*.yml",
    "knowledge_base/text.py",
)
MODELS_KEPT = 3


class TrainingError(Exception):
    """The model could not be trained; the message is for the operator."""


def fingerprint(root: Path = ROOT) -> str:
    """A name for everything the model is made from: the same name, the same model."""
    digest = hashlib.sha256(version("rasa").encode() + version("scikit-learn").encode())
    for path in ingredients(root):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def ingredients(root: Path = ROOT) -> Iterator[Path]:
    """The files the model is made from, in a fixed order."""
    for pattern in INGREDIENTS:
        yield from sorted(root.glob(pattern))


def model_path(home: Path) -> Path:
    """Where the model of the files as they are now is, or will be."""
    return home / "models" / f"{fingerprint()}.tar.gz"


def train(home: Path) -> Path:
    """Trains unless the model is there already; returns its path.

    Raises:
        TrainingError: Rasa could not train.
    """
    path = model_path(home)
    if path.is_file():
        return path
    os.environ.update(environment(home))
    path.parent.mkdir(parents=True, exist_ok=True)
    _train(path)
    for old in sorted(path.parent.glob("*.tar.gz"), key=lambda m: -m.stat().st_mtime)[MODELS_KEPT:]:
        old.unlink()
    return path


def _train(path: Path) -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        import rasa.model_training

        result = rasa.model_training.train(
            domain=str(ROOT / "domain.yml"),
            config=str(ROOT / "config.yml"),
            training_files=[str(ROOT / "nlu_data")],
            output=str(path.parent),
            fixed_model_name=path.name.removesuffix(".tar.gz"),
            force_training=True,
        )
    if result.model is None or not path.is_file():
        raise TrainingError(f"Rasa could not train the model:\n{said.getvalue()[-2000:]}")


def main() -> int:
    """Trains for the setting `ARIADNE_HOME`; one line of progress on standard error."""
    if model_path(home()).is_file():
        return 0
    start = time.perf_counter()
    print("Training the language model (about half a minute) …", file=sys.stderr, flush=True)  # noqa: T201
    try:
        train(home())
    except Exception as error:  # one plain line, whatever Rasa or the content threw
        print(f"Training failed: {error.__cause__ or error}", file=sys.stderr)  # noqa: T201
        return 1
    seconds = time.perf_counter() - start
    print(f"Trained in {seconds:.0f} s", file=sys.stderr)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
