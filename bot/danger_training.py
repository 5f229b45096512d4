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

from bot import danger_features, danger_learnt
from bot.danger import is_administrative, listed, telling
from bot.danger_features import WORDS
from bot.danger_learnt import FILE, HARMLESS, SLOTS, Columns, Values, slots, unit
from knowledge_base import questions
from knowledge_base.language import STYLES, greeklish

EXAMPLES = Path(__file__).parent / "danger_examples.yml"
INGREDIENTS = (EXAMPLES, WORDS, Path(danger_features.__file__))
UTTERANCES = Path(__file__).parents[1] / "nlu_data"
FALSE_AT_MOST = 0.025
PLAIN_FALSE_AT_MOST = 0.003
FOLDS = 5
PENALTY = 30.0
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A sentence and what it tells of."""

    told: str
    kind: str
    group: int
    """Copies of one sentence share it, so that none judges another."""
    plain: bool = False
    """An ordinary question of a citizen."""
    copy: bool = False
    """The same in Greeklish, or a part of it."""


def main() -> int:
    """Trains, writes the file, and prints what the folds say."""
    examples = list(_examples())
    columns = _columns(examples)
    rarity = _rarity(columns)
    features, kinds = _matrix(columns, rarity), np.array([one.kind for one in examples])
    groups = np.array([one.group for one in examples])
    odds = np.zeros(len(examples))
    for fold in range(FOLDS):
        print(f"fold {fold + 1} of {FOLDS}", file=sys.stderr)
        unseen = groups % FOLDS == fold
        trained = _fit(features[~unseen], kinds[~unseen])
        odds[unseen] = _danger(trained, features[unseen])
    threshold = _threshold(examples, odds)
    _write(_fit(features, kinds), rarity, threshold)
    caught = [o >= threshold for one, o in zip(examples, odds, strict=True) if _is_danger(one)]
    print(f"{len(examples)} examples; of danger, folds caught {np.mean(caught):.3f}")
    return 0


def made_from() -> str:
    """Names the examples, and what is looked at in them, by content."""
    content = b"".join(path.read_bytes() for path in INGREDIENTS)
    return hashlib.sha256(content).hexdigest()[:16]


def _is_danger(one: Example) -> bool:
    return one.kind != HARMLESS and not one.copy


def _examples() -> Iterator[Example]:
    group = 0
    written: dict[str, Any] = yaml.safe_load(EXAMPLES.read_text(encoding="utf-8"))
    for kind, languages in written.items():
        for language, texts in languages.items():
            for text in texts:
                group += 1
                yield Example(telling(text), kind, group)
                if language == "el":
                    style = group % STYLES
                    yield Example(telling(greeklish(text, style)), kind, group, copy=True)
    for text in _ordinary():
        group += 1
        (told, _), *parts = danger_learnt.parts(telling(text))
        yield Example(told, HARMLESS, group, plain=True)
        yield from (Example(part, HARMLESS, group, copy=True) for part, _ in parts)


def _ordinary() -> Iterator[str]:
    """What citizens ask for every day: questions, and utterances of every other intent."""
    for languages in questions.load().values():
        for texts in languages.values():
            yield from texts
    for path in sorted(UTTERANCES.glob("*/*.yml")):
        for intent in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", ()):
            if intent["intent"] != "crisis":
                yield from (line[2:] for line in intent["examples"].splitlines())


def _columns(examples: list[Example]) -> list[Columns]:
    return [np.unique(slots(one.told)) for one in examples]


def _rarity(columns: list[Columns]) -> Values:
    """The rarer a feature is, the more it tells (idf)."""
    counts = np.bincount(np.concatenate(columns), minlength=SLOTS)
    rarity: Values = (np.log((1 + len(columns)) / (1 + counts)) + 1).astype(np.float16)
    return rarity.astype(np.float32)


def _matrix(columns: list[Columns], rarity: Values) -> sparse.csr_matrix:
    values = np.concatenate([unit(rarity[row]) for row in columns])
    starts = np.cumsum([0, *map(len, columns)])
    return sparse.csr_matrix((values, np.concatenate(columns), starts), (len(columns), SLOTS))


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
    """Only what the signs leave to the model can be its mistake."""
    asked = np.array([_is_asked(one.told) for one in examples])
    mistaken = np.where(asked, odds, -np.inf)
    alike = mistaken[[_alike(one) for one in examples]]
    plain = mistaken[[one.plain for one in examples]]
    lowest = max(
        float(np.quantile(alike, 1 - FALSE_AT_MOST)),
        float(np.quantile(plain, 1 - PLAIN_FALSE_AT_MOST)),
    )
    return round(lowest, 3)


def _is_asked(told: str) -> bool:
    return listed(told) is None and not is_administrative(told)


def _alike(one: Example) -> bool:
    return one.kind == HARMLESS and not one.plain and not one.copy


def _write(trained: LogisticRegression, rarity: Values, threshold: float) -> None:
    weights, bias, kinds = _against_harmless(trained)
    step = float(np.abs(weights).max()) / 127
    np.savez_compressed(
        FILE,
        weights=np.round(weights.T / step).astype(np.int8),
        step=np.float32(step),
        rarity=rarity.astype(np.float16),
        bias=bias.astype(np.float32),
        threshold=np.float32(threshold),
        kinds=np.array(kinds),
        made_from=np.array(made_from()),
    )


if __name__ == "__main__":
    sys.exit(main())
