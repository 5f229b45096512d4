"""`python -m bot.danger_training`: makes the file of `danger_learnt` from the examples.

The threshold is the lowest at which, each fold judged by the others, at most `FALSE_AT_MOST` of the
harmless look-alikes and `PLAIN_FALSE_AT_MOST` of ordinary questions would be taken for danger.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from bot.danger import keyed
from bot.danger_learnt import FILE, HARMLESS, SLOTS, slots
from knowledge_base import questions
from knowledge_base.language import STYLES, greeklish

EXAMPLES = Path(__file__).parent / "danger_examples.yml"
UTTERANCES = Path(__file__).parents[1] / "nlu_data"
FALSE_AT_MOST = 0.03
PLAIN_FALSE_AT_MOST = 0.003
FOLDS = 5
PENALTY = 10.0
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A sentence and what it tells of."""

    text: str
    kind: str
    group: int
    """Copies of one sentence share it, so that none judges another."""
    plain: bool = False
    """An ordinary question of a citizen."""
    copy: bool = False


def main() -> int:
    """Trains, writes the file, and prints what the folds say."""
    examples = list(_examples())
    features, kinds = _matrix(examples), np.array([one.kind for one in examples])
    groups = np.array([one.group for one in examples])
    odds = np.zeros(len(examples))
    for fold in range(FOLDS):
        print(f"fold {fold + 1} of {FOLDS}", file=sys.stderr)
        unseen = groups % FOLDS == fold
        trained = _fit(features[~unseen], kinds[~unseen])
        odds[unseen] = _danger(trained, features[unseen])
    threshold = _threshold(examples, odds)
    _write(_fit(features, kinds), threshold)
    caught = [o >= threshold for one, o in zip(examples, odds, strict=True) if _told(one)]
    print(f"{len(examples)} examples; of danger, folds caught {np.mean(caught):.3f}")
    return 0


def made_from() -> str:
    """Names the examples by their content."""
    return hashlib.sha256(EXAMPLES.read_bytes()).hexdigest()[:16]


def _told(one: Example) -> bool:
    return one.kind != HARMLESS and not one.copy


def _examples() -> Iterator[Example]:
    group = 0
    written: dict[str, Any] = yaml.safe_load(EXAMPLES.read_text(encoding="utf-8"))
    for kind, languages in written.items():
        for language, texts in languages.items():
            for text in texts:
                group += 1
                yield Example(text, kind, group)
                if language == "el":
                    style = group % STYLES
                    yield Example(greeklish(text, style), kind, group, copy=True)
    for text in _ordinary():
        group += 1
        yield Example(text, HARMLESS, group, plain=True)


def _ordinary() -> Iterator[str]:
    """What citizens ask for every day: questions, and utterances of every other intent."""
    for languages in questions.load().values():
        for texts in languages.values():
            yield from texts
    for path in sorted(UTTERANCES.glob("*/*.yml")):
        for intent in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", ()):
            if intent["intent"] != "crisis":
                yield from (line[2:] for line in intent["examples"].splitlines())


def _matrix(examples: list[Example]) -> sparse.csr_matrix:
    rows = [np.unique(slots(keyed(one.text))) for one in examples]
    lengths = np.array([len(row) for row in rows])
    values = np.repeat(1.0 / np.sqrt(np.maximum(1, lengths)), lengths)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return sparse.csr_matrix((values, np.concatenate(rows), starts), (len(rows), SLOTS))


def _fit(features: sparse.csr_matrix, kinds: npt.NDArray[Any]) -> LogisticRegression:
    return LogisticRegression(C=PENALTY, max_iter=1000).fit(features, kinds)


def _against_harmless(trained: LogisticRegression) -> tuple[Scores, Scores, list[str]]:
    place = list(trained.classes_).index(HARMLESS)
    weights = np.delete(trained.coef_ - trained.coef_[place], place, axis=0)
    bias = np.delete(trained.intercept_ - trained.intercept_[place], place)
    return weights, bias, [str(kind) for kind in trained.classes_ if kind != HARMLESS]


def _danger(trained: LogisticRegression, features: sparse.csr_matrix) -> Scores:
    weights, bias, _ = _against_harmless(trained)
    odds: Scores = np.log(np.exp(features @ weights.T + bias).sum(axis=1))
    return odds


def _threshold(examples: list[Example], odds: Scores) -> float:
    alike = [o for one, o in zip(examples, odds, strict=True) if _alike(one)]
    plain = [o for one, o in zip(examples, odds, strict=True) if one.plain]
    lowest = max(
        float(np.quantile(alike, 1 - FALSE_AT_MOST)),
        float(np.quantile(plain, 1 - PLAIN_FALSE_AT_MOST)),
    )
    return round(lowest, 3)


def _alike(one: Example) -> bool:
    return one.kind == HARMLESS and not one.plain and not one.copy


def _write(trained: LogisticRegression, threshold: float) -> None:
    weights, bias, kinds = _against_harmless(trained)
    step = float(np.abs(weights).max()) / 127
    np.savez_compressed(
        FILE,
        weights=np.round(weights.T / step).astype(np.int8),
        step=np.float32(step),
        bias=bias.astype(np.float32),
        threshold=np.float32(threshold),
        kinds=np.array(kinds),
        made_from=np.array(made_from()),
    )


if __name__ == "__main__":
    sys.exit(main())
