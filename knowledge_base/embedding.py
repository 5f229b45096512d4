"""The sentence-transformers model behind the dense side of the search.

The embedded default is small and trained by the index build on the registry's own structure: the
names of one procedure should lie close, those of others apart (multiple negatives ranking,
Henderson et al. 2017). It reads the sound of the text, so Greek and Greeklish share it.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from knowledge_base.text import phonetic

Vectors = npt.NDArray[np.float32]
DIMENSIONS = 192
_VOCABULARY = 24_000
_BATCH = 256
_PAIRS = 6
"""Of a procedure in an epoch, at most."""
_SCALE = 12.0
"""By which similarities are sharpened in the loss."""
_LEARNING_RATE = 0.03
_SMALLEST = 1e-9
_EXACT_UP_TO = 5_000
_LISTS_READ = 24
_TO_LEARN_A_LIST = 64
"""Vectors from which the middle of each list is learnt."""


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    def encode(self, texts: list[str], role: str) -> Vectors:
        """Unit vectors of `texts`, one a row; `role` is `query` or `passage`."""


class EmbeddedEncoder:
    """The model of `train`, read without the libraries that trained it.

    A text's vector is the mean of those of its pieces, so that a question takes a tenth of a
    millisecond and a start no import of torch.
    """

    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        module = folder / "0_StaticEmbedding"
        self._tokenizer = Tokenizer.from_file(str(module / "tokenizer.json"))
        self._tokenizer.no_padding()
        (self._pieces,) = load_file(module / "model.safetensors").values()

    def encode(self, texts: list[str], role: str) -> Vectors:
        """See `Encoder`; questions and names are read alike."""
        vectors = np.zeros((len(texts), self._pieces.shape[1]), dtype=np.float32)
        sounds = [phonetic(text) for text in texts]
        encoded = self._tokenizer.encode_batch(sounds, add_special_tokens=False)
        for row, one in enumerate(encoded):
            if one.ids:
                vectors[row] = self._pieces[one.ids].mean(axis=0)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = vectors / np.maximum(norms, _SMALLEST)
        return unit


class PretrainedEncoder:
    """A sentence-transformers model from a folder or, by name, from the hub."""

    def __init__(self, source: str, query_prefix: str, passage_prefix: str) -> None:
        self._model = _sentence_transformers().SentenceTransformer(source, device="cpu")
        self._prefixes = {"query": query_prefix, "passage": passage_prefix}

    def encode(self, texts: list[str], role: str) -> Vectors:
        """See `Encoder`."""
        vectors = self._model.encode(
            [self._prefixes[role] + text for text in texts],
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return np.ascontiguousarray(vectors, dtype=np.float32)


def nearest_by(vectors: Vectors) -> Any:
    """A FAISS inner-product index of unit vectors: exact while small, then by neighbourhoods.

    Up to `_EXACT_UP_TO` vectors all are compared. Beyond, they are kept in eight bits a number, in
    as many lists as the square root of their count, of which a search reads `_LISTS_READ`.
    """
    import faiss

    faiss.omp_set_num_threads(1)
    count, dimensions = vectors.shape
    if count <= _EXACT_UP_TO:
        exact = faiss.IndexFlatIP(dimensions)
        exact.add(vectors)
        return exact
    lists = int(np.sqrt(count))
    coarse = faiss.IndexFlatIP(dimensions)
    near = faiss.IndexIVFScalarQuantizer(
        coarse, dimensions, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    near.train(vectors[:: max(1, count // (lists * _TO_LEARN_A_LIST))])
    near.add(vectors)
    near.nprobe = _LISTS_READ
    return near


def train(
    groups: list[list[str]],
    folder: Path,
    *,
    epochs: int,
    seed: int,
    progress: Callable[[Iterable[int]], Iterable[int]],
) -> EmbeddedEncoder:
    """Trains the embedded model and saves it as a sentence-transformers folder.

    Parameters:
        groups: for each procedure, texts that mean it; pairs are drawn within a group.
        epochs: passes; in each, every procedure gives one pair, or a few where it has many names.
        progress: wraps the epochs, to show how far it is.
    """
    import torch

    torch.set_num_threads(1)  # sums that are shared out come out differently under load
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    sounds = [[phonetic(text) for text in group] for group in groups]
    sentence_transformers = _sentence_transformers()
    embedding = sentence_transformers.models.StaticEmbedding(
        _tokenizer(sounds), embedding_dim=DIMENSIONS
    )
    model = sentence_transformers.SentenceTransformer(modules=[embedding], device="cpu")
    loss = sentence_transformers.losses.MultipleNegativesRankingLoss(model, scale=_SCALE)
    optimiser = torch.optim.Adam(model.parameters(), lr=_LEARNING_RATE)
    model.train()
    chooser = random.Random(seed)  # noqa: S311 - reproducible, not secret
    for _ in progress(range(epochs)):
        for batch in _batches(sounds, chooser):
            anchors, positives = zip(*batch, strict=True)
            features = [model.tokenize(list(side)) for side in (anchors, positives)]
            optimiser.zero_grad()
            loss(features, labels=None).backward()
            optimiser.step()
    model.eval()
    folder.mkdir(parents=True, exist_ok=True)
    model.save(str(folder), create_model_card=False)
    return EmbeddedEncoder(folder)


def _batches(groups: list[list[str]], chooser: random.Random) -> Iterable[list[tuple[str, str]]]:
    """Pairs of names; one a procedure in a batch, so that no other of it is secretly right."""
    drawn = [
        place
        for place, group in enumerate(groups)
        if len(group) > 1
        for _ in range(min(_PAIRS, 1 + int(len(group) ** 0.5 / 2)))
    ]
    chooser.shuffle(drawn)
    for start in range(0, len(drawn), _BATCH):
        batch = []
        for place in dict.fromkeys(drawn[start : start + _BATCH]):
            anchor, positive = chooser.sample(groups[place], 2)
            batch.append((_some_words(anchor, chooser), positive))
        if len(batch) > 1:
            yield batch


def _some_words(text: str, chooser: random.Random) -> str:
    """A text as people shorten it: half of the time, some of its words."""
    parts = text.split()
    if len(parts) < 3 or chooser.random() < 0.5:
        return text
    kept = [part for part in parts if chooser.random() < 0.6]
    return " ".join(kept or parts[:1])


def _tokenizer(groups: list[list[str]]) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.UnigramTrainer(
        vocab_size=_VOCABULARY,
        special_tokens=["[UNK]"],
        unk_token="[UNK]",  # noqa: S106
        show_progress=False,
    )
    tokenizer.train_from_iterator((text for group in groups for text in group), trainer)
    return tokenizer


def _sentence_transformers() -> Any:
    os.environ.setdefault("USE_TF", "0")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import sentence_transformers

    return sentence_transformers
