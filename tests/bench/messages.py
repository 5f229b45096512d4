"""What the citizens say: whole conversations of eight messages each."""

from __future__ import annotations

import json
import random
from pathlib import Path

QUESTIONS = Path(__file__).parents[1] / "acceptance" / "questions.jsonl"
TURNS = 8
BETWEEN = " / "
QUESTION = "?"
CONVERSATIONS = 100
_SEED = 8

BARE_TALKS = (
    "hello / what time is it? / fine today / are you a machine?"
    " / good day / rather low / tell me the time please / bye for now",
    "hi machine / happy as can be / how late is it? / is this a program?"
    " / hello to you / not a good day / do you know the hour? / goodbye now",
    "greetings / I feel really bad / yes it did / the time please"
    " / are you real? / morning all / tell me how late it is / I must go now",
)
"""The bare assistant's own small talk, its action called in two messages of eight."""

SMALL_TALKS = (
    "γεια σας / ? / ευχαριστώ / είσαι ρομπότ; / καλημέρα / ? / ευχαριστώ πολύ / αντίο",
    "καλησπέρα / με ποιον μιλάω; / ? / ευχαριστώ / βοήθεια / ? / σας ευχαριστώ / γεια",
    "kalimera / ? / efxaristo / eisai anthropos; / hello / ? / thank you / goodbye",
)
"""The same share of small talk: a question in two messages of eight."""


def bare() -> list[list[str]]:
    """Conversations with the bare assistant."""
    return [talk.split(BETWEEN) for talk in BARE_TALKS]


def same_mix() -> list[list[str]]:
    """Conversations with as much small talk as the bare assistant's, and real questions."""
    asked = iter(_questions())
    talks = (SMALL_TALKS[number % len(SMALL_TALKS)] for number in range(CONVERSATIONS))
    return [
        [next(asked) if text == QUESTION else text for text in talk.split(BETWEEN)]
        for talk in talks
    ]


def questions_only() -> list[list[str]]:
    """Conversations in which every message is a real question."""
    asked = iter(_questions())
    return [[next(asked) for _ in range(TURNS)] for _ in range(CONVERSATIONS)]


def _questions() -> list[str]:
    """Enough of the acceptance questions, mixed, the same in every run."""
    rows = QUESTIONS.read_text(encoding="utf-8").splitlines()
    texts = [json.loads(row)["q"] for row in rows if row.strip()]
    mixed = random.Random(_SEED)
    found: list[str] = []
    while len(found) < CONVERSATIONS * TURNS:
        found += mixed.sample(texts, len(texts))
    return found
