"""The front door's texts: nothing missing, nothing too much, the same in every language."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pytest

from bot.texts import Texts, section

BOT = Path(__file__).parents[2] / "bot"
TEXTS = section("front_door")
ORIGINAL = TEXTS["el"]
SAID = {"feedback_button", "welcome", "help_button", "engine_slow", "engine_down"}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def refusals() -> set[str]:
    """Every code that a refusal is raised with, as the sources have it."""
    codes = {"unauthorised", "body_too_large", "conversation_not_found", "busy"}
    for path in (*BOT.glob("*.py"), *BOT.glob("web/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in ("InvalidRequest", "NotFound", "TooMany", "Refusal"):
                codes |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
            if node.func.id == "_take":
                codes.add(node.args[2].value)
    return codes


@pytest.mark.parametrize("language", TEXTS)
def test_every_language_has_the_same_texts_with_the_same_placeholders(language: str) -> None:
    assert {key: placeholders(text) for key, text in TEXTS[language].items()} == {
        key: placeholders(text) for key, text in ORIGINAL.items()
    }


def test_every_refusal_has_its_text_and_every_text_its_use() -> None:
    assert set(ORIGINAL) == SAID | {f"error_{code}" for code in refusals()}


@pytest.mark.parametrize("key", ["engine_slow", "engine_down"])
@pytest.mark.parametrize("language", TEXTS)
def test_trouble_says_what_else_to_do(key: str, language: str) -> None:
    text = TEXTS[language][key]
    assert "1500" in text
    assert "gov.gr" in text


def test_what_a_language_lacks_is_said_in_english() -> None:
    texts = Texts({"el": {"a": "α"}, "en": {"a": "a"}, "de": {"b": "b"}})
    assert texts.say("a", "de") == "a"


def test_placeholders_are_filled() -> None:
    texts = Texts({"el": {"a": "έως {characters}"}})
    assert texts.say("a", "el", characters=5) == "έως 5"


@pytest.mark.parametrize(
    ("code", "spoken"),
    [("el", "el"), ("el-Latn", "el"), ("EN-gb", "en"), ("en_US", "en"), ("de", "en"), ("xx", None)],
)
def test_a_language_code_is_served_by_the_nearest_that_can_be_spoken(
    code: str, spoken: str | None
) -> None:
    assert Texts.load().spoken(code) == spoken
