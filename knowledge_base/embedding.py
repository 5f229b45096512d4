"""The sentence-transformers model behind the dense side of the search.

The embedded default is small and trained by the index build on the registry's own structure: the
names of one procedure should lie close, those of others apart (multiple negatives ranking,
Henderson et al. 2017), those of its siblings too, which are the hard ones. It reads the sound of
the text, so Greek and Greeklish share it.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import orjson

from knowledge_base.text import phonetic, words

Vectors = npt.NDArray[np.float32]
DIMENSIONS = 192
_VOCABULARY = 24_000
_UNKNOWN = "[UNK]"
_BATCH = 256
_PAIRS = 6
"""Of a procedure in an epoch, at most."""
_HARD = 0.3
"""How often a text is held against one of a sibling."""
_SCALE = 12.0
"""By which similarities are sharpened in the loss."""
_LEARNING_RATE = 0.03
_SMALLEST = 1e-9
_WORDS_KEPT = 50_000
_EXACT_UP_TO = 5_000
_LISTS_READ = 8
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
        self._pieces_of = lru_cache(_WORDS_KEPT)(self._split)

    def _split(self, word: str) -> list[int]:
        """The pieces of a word; it has the same in every text."""
        pieces: list[int] = self._tokenizer.encode(phonetic(word), add_special_tokens=False).ids
        return pieces

    def encode(self, texts: list[str], role: str) -> Vectors:
        """See `Encoder`; questions and names are read alike."""
        vectors = np.zeros((len(texts), self._pieces.shape[1]), dtype=np.float32)
        for row, text in enumerate(texts):
            pieces = [piece for word in words(text) for piece in self._pieces_of(word)]
            if pieces:
                vectors[row] = self._pieces[pieces].mean(axis=0)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = vectors / np.maximum(norms, _SMALLEST)
        return unit


class ModelMissingError(ValueError):
    """A pretrained model that cannot be loaded; the message says which."""


class PretrainedEncoder:
    """A sentence-transformers model from a folder or, by name, from the hub.

    Raises:
        ModelMissingError: it is neither.
    """

    def __init__(self, source: str, query_prefix: str, passage_prefix: str) -> None:
        try:
            self._model = _sentence_transformers().SentenceTransformer(source, device="cpu")
        except (OSError, ValueError) as error:
            raise ModelMissingError(
                f"the embedding model {source} is no folder of one, nor can it be fetched from "
                "the hub: see ARIADNE_EMBEDDING_MODEL"
            ) from error
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
    siblings: list[list[int]],
    folder: Path,
    *,
    epochs: int,
    seed: int,
    progress: Callable[[Iterable[int]], Iterable[int]],
) -> EmbeddedEncoder:
    """Trains the embedded model and saves it as a sentence-transformers folder.

    Parameters:
        groups: for each procedure, texts that mean it; pairs are drawn within a group.
        siblings: for each procedure, the places of those that are easily taken for it.
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
        for batch in _batches(sounds, siblings, chooser):
            features = [model.tokenize(list(side)) for side in zip(*batch, strict=True)]
            optimiser.zero_grad()
            loss(features, labels=None).backward()
            optimiser.step()
    model.eval()
    folder.mkdir(parents=True, exist_ok=True)
    model.save(str(folder), create_model_card=False)
    return EmbeddedEncoder(folder)


def _batches(
    groups: list[list[str]], siblings: list[list[int]], chooser: random.Random
) -> Iterable[list[tuple[str, str, str]]]:
    """Names with another of the same procedure and one of another procedure.

    A procedure is in a batch once, so that no other of the batch is secretly right.
    """
    usable = [place for place, group in enumerate(groups) if len(group) > 1]
    drawn = [
        place
        for place in usable
        for _ in range(min(_PAIRS, 1 + int(len(groups[place]) ** 0.5 / 2)))
    ]
    chooser.shuffle(drawn)
    for start in range(0, len(drawn), _BATCH):
        places = list(dict.fromkeys(drawn[start : start + _BATCH]))
        batch = []
        for place in places:
            anchor, positive = chooser.sample(groups[place], 2)
            other = groups[_other(place, siblings[place], usable, chooser)]
            batch.append((_some_words(anchor, chooser), positive, chooser.choice(other)))
        if len(batch) > 1:
            yield batch


def _other(place: int, siblings: list[int], usable: list[int], chooser: random.Random) -> int:
    """A sibling, or as often as not any other procedure: the hard ones alone teach less."""
    if siblings and chooser.random() < _HARD:
        return chooser.choice(siblings)
    other = chooser.choice(usable)
    return other if other != place else usable[usable.index(place) - 1]


def _some_words(text: str, chooser: random.Random) -> str:
    """A text as people shorten it: half of the time, some of its words."""
    parts = text.split()
    if len(parts) < 3 or chooser.random() < 0.5:
        return text
    kept = [part for part in parts if chooser.random() < 0.6]
    return " ".join(kept or parts[:1])


def _tokenizer(groups: list[list[str]]) -> Any:
    """Learns pieces of words, put in one order: the trainer's own comes out as its hashes fall."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    learnt = Tokenizer(models.Unigram())
    learnt.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.UnigramTrainer(
        vocab_size=_VOCABULARY,
        special_tokens=[_UNKNOWN],
        unk_token=_UNKNOWN,
        show_progress=False,
    )
    learnt.train_from_iterator((text for group in groups for text in group), trainer)
    pieces = orjson.loads(learnt.to_str())["model"]["vocab"]
    ordered = sorted((one, round(score, 2)) for one, score in pieces if one != _UNKNOWN)
    tokenizer = Tokenizer(
        models.Unigram([(_UNKNOWN, 0.0), *ordered], unk_id=0, byte_fallback=False)
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


def _sentence_transformers() -> Any:
    os.environ.setdefault("USE_TF", "0")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import sentence_transformers

    return sentence_transformers
