"""The intent classifier: logistic regression over words and letter groups, for all languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier

from bot.rasa.features import features

ROUNDS = 15
SEED = 20


class IntentModel:
    """Learns intents from examples and ranks them for a message.

    One logistic regression an intent, trained by averaged stochastic gradient descent: seconds for
    tens of thousands of examples, and the same model each time.
    """

    def __init__(self, regularisation: float, smoothing: float) -> None:
        self._regularisation = regularisation
        self._smoothing = smoothing
        self._vectors = TfidfVectorizer(analyzer=features, sublinear_tf=True, min_df=2)
        self._weights = np.empty((0, 0), dtype=np.float32)
        self._bias = np.empty(0, dtype=np.float32)
        self.intents: list[str] = []

    def fit(self, texts: list[str], intents: list[str]) -> None:
        """Learns from three intents or more; rare ones count for more than their share."""
        names, counts = np.unique(intents, return_counts=True)
        weights = (counts.max() / counts) ** self._smoothing
        regression = SGDClassifier(
            loss="log_loss",
            alpha=self._regularisation,
            class_weight=dict(zip(names, weights, strict=True)),
            max_iter=ROUNDS,
            tol=None,
            average=True,
            random_state=SEED,
        )
        regression.fit(self._vectors.fit_transform(texts), intents)
        self.intents = [str(name) for name in regression.classes_]
        self._weights = np.ascontiguousarray(regression.coef_.T, dtype=np.float32)
        self._bias = regression.intercept_.astype(np.float32)

    def rank(self, text: str) -> list[tuple[str, float]]:
        """The intents with their probabilities, most likely first."""
        scores = (self._vectors.transform([text]) @ self._weights)[0] + self._bias
        chances = 1 / (1 + np.exp(-scores))
        chances /= chances.sum()
        order = np.argsort(-chances)
        return [(self.intents[place], float(chances[place])) for place in order]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(RasaIntentClassifier, GraphComponent):  # type: ignore[misc]
    """Rasa's component around `IntentModel`.

    Configuration: `regularisation` (alpha of the logistic regressions), `smoothing` (0: examples
    count alike, 1: intents count alike), `ranking_length` (intents kept in the ranking).
    """

    FILE = "intents.joblib"

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {"regularisation": 5e-6, "smoothing": 0.5, "ranking_length": 3}

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed beside Rasa."""
        return ["sklearn", "joblib"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        """A component that knows nothing yet."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        """The component as it was trained."""
        with model_storage.read_from(resource) as folder:
            model = joblib.load(Path(folder) / cls.FILE)
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples and keeps what was learnt with the model."""
        examples = [
            (example.get(TEXT), example.get(INTENT))
            for example in training_data.intent_examples
            if example.get(TEXT)
        ]
        self._model = IntentModel(self._config["regularisation"], self._config["smoothing"])
        self._model.fit([text for text, _ in examples], [intent for _, intent in examples])
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(self._model, Path(folder) / self.FILE, compress=3)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the intent and the ranking to each message that has none."""
        for message in messages:
            if self._model and not message.get(INTENT):
                self._classify(self._model, message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leaves the examples as they are: nothing after it learns from a guess."""
        return training_data

    def _classify(self, model: IntentModel, message: Message) -> None:
        ranking = [
            {"name": name, "confidence": confidence}
            for name, confidence in model.rank(message.get(TEXT) or "")
        ][: self._config["ranking_length"]]
        message.set("intent", ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
