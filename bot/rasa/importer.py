"""Where Rasa's training data comes from: `nlu_data/` and the shipped procedures' own names."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from typing import Any

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from knowledge_base import content
from knowledge_base.procedure import Procedure

INTENT_OF_A_QUESTION = "ask_procedure"
QUESTIONS = {
    "el": ("τι χρειάζομαι για {}", "πώς γίνεται {}", "πληροφορίες για {}", "πόσο κοστίζει {}"),
    "en": ("what do I need for {}", "how do I get {}", "how much is {}"),
}
"""How a name is asked about; the many other ways are in `nlu_data`."""


class ContentImporter(RasaFileImporter):  # type: ignore[misc]
    """Rasa's own importer, with examples made from the shipped procedures.

    Without `--data` it reads the folder `nlu_data` beside the configuration.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        **kwargs: Any,
    ) -> None:
        paths = (
            [training_data_paths] if isinstance(training_data_paths, str) else training_data_paths
        )
        given = [path for path in paths or () if path and Path(path).exists()]
        root = Path(config_file).parent if config_file else Path()
        super().__init__(config_file, domain_path, given or [str(root / "nlu_data")])

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The examples of the files and those made from the procedures, each once."""
        written = super().get_nlu_data(language)
        known = {example.get(TEXT) for example in written.training_examples}
        made = [
            Message.build(text=question, intent=INTENT_OF_A_QUESTION)
            for question in questions(content.load())
            if question not in known
        ]
        return written.merge(TrainingData(training_examples=made))


def questions(procedures: list[Procedure]) -> list[str]:
    """Every name of the procedures, alone and in one of the plain questions, in a fixed order."""
    asked: dict[str, None] = {}
    for language, templates in QUESTIONS.items():
        names = dict.fromkeys(
            name
            for procedure in procedures
            for name in (procedure.title[language], *procedure.names.get(language, ()))
        )
        for name, template in zip(names, cycle(templates)):
            asked |= {name: None, template.format(name): None}
    return list(asked)
