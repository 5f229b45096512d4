"""A pretrained sentence-transformers model in the place of the embedded one, as a setting."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from knowledge_base import KnowledgeBase, build
from knowledge_base.embedding import ModelMissingError, PretrainedEncoder
from tests.conftest import quietly

LETTERS = "abcdefghijklmnopqrstuvwxyzαβγδεζηθικλμνξοπρστυφχψω0123456789:"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small transformer of our own making, with random weights, as a folder."""
    import torch
    from sentence_transformers import SentenceTransformer, models
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(20)
    bare = tmp_path_factory.mktemp("bare")
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = [*marks, *LETTERS, *(f"##{one}" for one in LETTERS)]
    (bare / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    BertTokenizerFast(str(bare / "vocab.txt"), strip_accents=True).save_pretrained(bare)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
    )
    BertModel(config).save_pretrained(bare)
    read = models.Transformer(str(bare), max_seq_length=32)
    folder = tmp_path_factory.mktemp("model")
    pooled = models.Pooling(read.get_word_embedding_dimension())
    SentenceTransformer(modules=[read, pooled], device="cpu").save(str(folder))
    return folder


def test_questions_and_names_get_the_prefix_that_the_model_wants(model: Path) -> None:
    encoder = PretrainedEncoder(str(model), "query: ", "passage: ")
    bare = PretrainedEncoder(str(model), "", "")
    for role, prefix in (("query", "query: "), ("passage", "passage: ")):
        told = encoder.encode(["άδεια"], role)
        assert np.allclose(told, bare.encode([f"{prefix}άδεια"], role), atol=1e-5)
        assert np.allclose(np.linalg.norm(told, axis=1), 1.0, atol=1e-5)
    assert not np.allclose(encoder.encode(["άδεια"], "query"), encoder.encode(["άδεια"], "passage"))


def test_an_index_is_built_and_searched_with_it(model: Path, home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / "index", tmp_path / "index")
    chosen = build.Model(str(model), "query: ", "passage: ")
    version, built = build.build(tmp_path, chosen, quietly)
    assert built
    base = KnowledgeBase.open(tmp_path)
    assert base.version == version
    assert base._index.vectors.shape[1] == 32
    found = [hit.procedure_id for hit in base.search("διαβατήριο", 5)]
    assert "144400" in found


def test_a_model_that_is_not_there_is_said_and_the_index_stays(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / "index", tmp_path / "index")
    before = KnowledgeBase.open(tmp_path).version
    with pytest.raises(ModelMissingError, match="ARIADNE_EMBEDDING_MODEL"):
        build.build(tmp_path, build.Model(str(tmp_path / "none")), quietly)
    assert KnowledgeBase.open(tmp_path).version == before
