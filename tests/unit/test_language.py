import pytest

from knowledge_base import KnowledgeBase


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("τι χρειάζομαι για διαβατήριο", "el"),
        ("ΔΙΑΒΑΤΗΡΙΟ ΑΝΗΛΙΚΟΥ", "el"),
        ("θέλω passport", "el"),
        ("ti xreiazomai gia diavatirio", "el-Latn"),
        ("thelo na vgalo taftotita", "el-Latn"),
        ("poso kanei h tautothta", "el-Latn"),
        ("xreiazomai pistopoihtiko gennhshs", "el-Latn"),
        ("what do I need for a passport", "en"),
        ("how much does an identity card cost", "en"),
        ("I lost my driving licence", "en"),
    ],
)
def test_the_language_is_told(shipped: KnowledgeBase, text: str, language: str) -> None:
    assert shipped.identify(text, fallback="xx") == language


@pytest.mark.parametrize("text", ["", "123", "🙂", "ok"])
def test_a_text_that_does_not_tell_keeps_the_language(shipped: KnowledgeBase, text: str) -> None:
    assert shipped.identify(text, fallback="en") == "en"
    assert shipped.identify(text, fallback="el") == "el"
