"""The training examples: enough of each, none under two intents, none from the held-out sets."""

import json
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest
import yaml

from bot.danger import detect
from knowledge_base.text import words

ROOT = Path(__file__).parents[2]
TASKS = [
    "ask_procedure",
    "book_videocall",
    "book_in_person",
    "change_or_cancel_appointment",
    "request_certificate",
    "submit_application",
    "check_request_status",
    "helpdesk_login_problem",
    "helpdesk_technical",
    "talk_to_human",
    "give_feedback_on_procedure",
    "change_contact_details",
    "delete_my_data",
]
TALK = [
    "greet",
    "goodbye",
    "thank",
    "affirm",
    "deny",
    "help",
    "repeat",
    "restart",
    "change_language",
    "bot_challenge",
    "correct",
    "crisis",
]
HELD_OUT = {"el": "understand_el", "en": "understand_en", "el-Latn": "understand_greeklish"}


def folded(sentence: str) -> str:
    return " ".join(words(sentence))


@cache
def examples() -> list[tuple[str, str, str]]:
    """(language, intent, sentence) of every example of every language."""
    found = []
    for path in sorted(ROOT.glob("nlu_data/*/*.yml")):
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in item["examples"].splitlines():
                found.append((path.parent.name, item["intent"], line.removeprefix("- ")))
    return found


def held_out(language: str) -> list[dict[str, str]]:
    path = ROOT / "tests" / "dialogue" / f"{HELD_OUT[language]}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_no_sentence_appears_under_two_intents() -> None:
    intents = defaultdict(set)
    for _, intent, sentence in examples():
        intents[folded(sentence)].add(intent)
    assert {sentence: of for sentence, of in intents.items() if len(of) > 1} == {}


def test_no_sentence_appears_twice_in_one_file() -> None:
    for path in sorted(ROOT.glob("nlu_data/*/*.yml")):
        sentences = Counter(
            line.strip().casefold()
            for item in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
            for line in item["examples"].splitlines()
        )
        assert [sentence for sentence, times in sentences.items() if times > 1] == [], path


@pytest.mark.parametrize(("language", "least"), [("el", 120), ("en", 80), ("el-Latn", 60)])
@pytest.mark.parametrize("task", [*TASKS, "out_of_scope"])
def test_every_task_has_enough_examples(task: str, language: str, least: int) -> None:
    assert sum((lang, intent) == (language, task) for lang, intent, _ in examples()) >= least


@pytest.mark.parametrize(("language", "least"), [("el", 30), ("en", 20), ("el-Latn", 15)])
@pytest.mark.parametrize("intent", TALK)
def test_every_other_intent_has_enough_examples(intent: str, language: str, least: int) -> None:
    assert sum((lang, name) == (language, intent) for lang, name, _ in examples()) >= least


@pytest.mark.parametrize(("language", "least"), [("el", 15), ("en", 8), ("el-Latn", 5)])
def test_the_held_out_set_covers_every_task(language: str, least: int) -> None:
    rows = held_out(language)
    per_task = Counter(row["task"] for row in rows)
    assert set(per_task) == {*TASKS, "out_of_scope"}
    assert min(per_task.values()) >= least
    assert {row["lang"] for row in rows} == {language}


@pytest.mark.parametrize("language", HELD_OUT)
def test_no_held_out_sentence_is_used_for_training(language: str) -> None:
    trained = {folded(sentence) for _, _, sentence in examples()}
    assert [row["q"] for row in held_out(language) if folded(row["q"]) in trained] == []


def test_no_everyday_example_is_taken_for_a_danger() -> None:
    everyday = {sentence for _, intent, sentence in examples() if intent != "crisis"}
    assert {sentence: kind for sentence in everyday if (kind := detect(sentence))} == {}
