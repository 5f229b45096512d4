"""The widget's texts: complete in each language, and the page's Greek the same as theirs."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
WIDGET = ROOT / "bot" / "web" / "widget"
LANGUAGES = ("el", "en")
BUILT = {
    *(f"speaker_{who}" for who in ("bot", "citizen", "person", "system")),
    *(f"size_{size}" for size in ("normal", "large", "largest")),
    *("copy", "print", "download", "restart", "delete", "crisis", "partly"),
}
"""Keys that a script puts together or takes from a list."""


def texts(language: str) -> dict[str, str]:
    document = (ROOT / "bot" / "responses" / f"{language}.yml").read_text("utf-8")
    section: dict[str, str] = yaml.safe_load(document)["widget"]
    return section


def test_both_languages_have_the_same_keys() -> None:
    assert texts("el").keys() == texts("en").keys()


def test_both_languages_have_the_same_placeholders() -> None:
    def placeholders(language: str) -> dict[str, list[str]]:
        return {key: sorted(re.findall(r"{\w+}", text)) for key, text in texts(language).items()}

    assert placeholders("el") == placeholders("en")


def test_every_text_is_used_and_every_used_text_exists() -> None:
    scripts = "".join(path.read_text("utf-8") for path in WIDGET.glob("*.js"))
    page = (WIDGET / "index.html").read_text("utf-8")
    said = set(re.findall(r"say\('(\w+)'", scripts)) | set(re.findall(r"data-text=\"(\w+)\"", page))
    shown = set(re.findall(r"\),\s*'(\w+)'(?:, '[\w-]+')?\)|, '(\w+)', '[\w-]+'\)", scripts))
    named = {key for pair in shown for key in pair if key}
    quoted = set(re.findall(r"'([a-z_0-9]+)'", scripts))
    known = set(texts("el"))
    assert said <= known
    assert known <= said | named | quoted | BUILT


def test_the_page_carries_the_greek_texts() -> None:
    page = (WIDGET / "index.html").read_text("utf-8")
    written = re.findall(r'data-text="(\w+)">([^<]*)<', page)
    assert written
    assert dict(written) == {key: texts("el")[key] for key, _ in written}
