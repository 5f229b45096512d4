import json
from pathlib import Path

import pytest
from jsonschema import ValidationError

from bot.rasa import train, understand
from bot.rasa.classifier import IntentModel
from bot.rasa.features import LONGEST_MESSAGE, features
from bot.rasa.importer import questions
from bot.rasa.speed import check_reply
from knowledge_base import content


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ταυτότητα", "ΤΑΥΤΟΤΗΤΑ"),
        ("ταυτότητα", "taftotita"),
        ("υπεύθυνη δήλωση", "ypeythini dilosi"),
    ],
)
def test_spellings_of_the_same_words_have_the_same_features(one: str, other: str) -> None:
    assert features(one) == features(other)


def test_a_long_story_costs_no_more_than_its_beginning() -> None:
    assert features("θέλω " * LONGEST_MESSAGE) == features("θέλω " * 2000)


@pytest.fixture(scope="module")
def model() -> IntentModel:
    taught = IntentModel(1e-4, 0.5)
    examples = {
        "greet": ["γεια σας", "καλημέρα", "καλησπέρα", "hello"],
        "thank": ["ευχαριστώ", "σας ευχαριστώ πολύ"],
        "ask_procedure": ["τι χρειάζομαι για διαβατήριο", "πόσο κοστίζει", "θέλω ταυτότητα"],
    }
    pairs = [(text, intent) for intent, found in examples.items() for text in found]
    taught.fit([text for text, _ in pairs], [intent for _, intent in pairs])
    return taught


@pytest.mark.parametrize(
    ("text", "intent"),
    [("kalimera", "greet"), ("τι χρειαζομαι για ταυτοτητα", "ask_procedure")],
)
def test_the_likeliest_intent_comes_first(model: IntentModel, text: str, intent: str) -> None:
    assert model.rank(text)[0][0] == intent


def test_the_probabilities_of_the_intents_add_up(model: IntentModel) -> None:
    assert sum(chance for _, chance in model.rank("καλημέρα")) == pytest.approx(1.0)


def test_a_text_without_letters_is_ranked_too(model: IntentModel) -> None:
    assert len(model.rank("…")) == 3


def test_every_name_of_every_procedure_is_an_example() -> None:
    procedures = content.load()
    asked = set(questions(procedures))
    for procedure in procedures:
        assert set(procedure.names["el"]) | set(procedure.names["en"]) <= asked


def test_the_examples_of_the_procedures_come_in_the_same_order_each_time() -> None:
    assert questions(content.load()) == questions(content.load())


def test_the_fingerprint_changes_with_every_ingredient(tmp_path: Path) -> None:
    (tmp_path / "nlu_data").mkdir()
    (tmp_path / "config.yml").write_text("a")
    before = train.fingerprint(tmp_path)
    (tmp_path / "nlu_data" / "more.yml").write_text("b")
    assert train.fingerprint(tmp_path) != before


def test_nothing_is_trained_where_the_model_is_there(tmp_path: Path) -> None:
    path = train.model_path(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"a model")
    assert train.train(tmp_path) == path
    assert path.read_bytes() == b"a model"


def test_figures_count_by_task_and_language() -> None:
    rows = [
        {"q": "α", "lang": "el", "task": "greet"},
        {"q": "β", "lang": "en", "task": "greet"},
        {"q": "γ", "lang": "en", "task": "help"},
    ]
    found = understand.figures(rows, [("greet", 0.9), ("help", 0.4), ("help", 0.8)])
    assert found["accuracy"] == pytest.approx(2 / 3, abs=1e-3)
    assert found["by_task"] == {"greet": 0.5, "help": 1.0}
    assert found["by_language"] == {"el": 1.0, "en": 0.5}
    assert found["confusions"] == [
        {"q": "β", "task": "greet", "predicted": "help", "confidence": 0.4}
    ]


@pytest.mark.parametrize("content", ["not json", '{"q": "a"}'])
def test_a_file_that_is_no_list_of_questions_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(content)
    with pytest.raises(understand.UnderstandError, match=r"rows\.jsonl"):
        understand.read(path)


def test_a_row_is_read(tmp_path: Path) -> None:
    row = {"q": "γεια", "lang": "el", "task": "greet"}
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row) + "\n")
    assert understand.read(path) == [row]


@pytest.mark.parametrize(
    "reply",
    [None, [], {"events": {}}, {"events": [{"name": "x"}]}, {"responses": ["text"]}],
)
def test_a_reply_of_another_shape_is_refused(reply: object) -> None:
    with pytest.raises(ValidationError):
        check_reply(reply)


def test_a_reply_of_the_right_shape_is_taken() -> None:
    assert check_reply({"events": [{"event": "slot", "name": "a"}], "responses": [{"text": "b"}]})
