import pickle

import numpy as np
import pytest
from scipy import sparse

from knowledge_base.postings import Postings

WEIGHED = sparse.csr_matrix(
    np.array([[0.9, 0.1, 0.0], [0.5, 0.0, 0.5], [0.0, 0.2, 0.8], [0.0, 0.0, 1.0]], dtype=np.float32)
)
ALL = 1_000


@pytest.fixture
def postings() -> Postings:
    return Postings.of(WEIGHED)


def asked(*weights: float) -> tuple[np.ndarray, np.ndarray]:
    columns = np.flatnonzero(weights)
    return columns, np.array(weights, dtype=np.float32)[columns]


def test_the_texts_in_which_the_terms_weigh_most_are_found(postings: Postings) -> None:
    assert set(postings.best(*asked(1, 0, 0), 1, ALL)) == {0}
    assert set(postings.best(*asked(0, 0, 1), 2, ALL)) == {2, 3}


def test_a_question_leaves_nothing_behind_for_the_next(postings: Postings) -> None:
    postings.best(*asked(1, 1, 1), 4, ALL)
    assert set(postings.best(*asked(0, 1, 0), 1, ALL)) == {2}


def test_no_known_term_finds_nothing(postings: Postings) -> None:
    assert len(postings.best(*asked(0, 0, 0), 3, ALL)) == 0


def test_a_spent_budget_leaves_out_the_commonest_terms(postings: Postings) -> None:
    assert set(postings.best(*asked(1, 0, 1), 4, 2)) == {0, 1}


def test_of_a_list_cut_short_the_weightiest_texts_are_read(postings: Postings) -> None:
    assert set(postings.best(*asked(0, 0, 1), 4, 1)) == {3}


def test_texts_found_are_weighed_exactly(postings: Postings) -> None:
    columns, weights = asked(2, 0, 1)
    texts = np.array([3, 0, 1])
    exact = WEIGHED[texts][:, columns] @ weights
    assert postings.weigh(texts, columns, weights) == pytest.approx(exact)


def test_a_pickled_copy_finds_the_same(postings: Postings) -> None:
    copy = pickle.loads(pickle.dumps(postings))
    assert set(copy.best(*asked(1, 0, 0), 1, ALL)) == {0}
