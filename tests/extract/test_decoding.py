"""The best path through labels, against trying all paths."""

from itertools import product

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.extract.decoding import _viterbi, best_path, log_softmax, runs

SCORES = arrays(np.float32, (4, 5), elements=st.floats(-5, 5, width=16))


def allowed(path):
    before = 0
    for label in path:
        if label and label % 2 == 0 and before not in (label, label - 1):
            return False
        before = label
    return True


def total(scores, path):
    return sum(float(scores[step, label]) for step, label in enumerate(path))


@given(SCORES)
def test_no_allowed_path_is_better(scores):
    logs = log_softmax(scores)
    path = best_path(logs, [(0, 4)]).tolist()
    assert allowed(path)
    best = max(total(logs, other) for other in product(range(5), repeat=4) if allowed(other))
    assert np.isclose(total(logs, path), best, atol=1e-4)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from([0, 1, 4, 9])), min_size=9, max_size=9)
)
# A cut inside a span, a break after it.
@example([(1, 9), (2, 9), (2, 9), (4, 1), (0, 9), (3, 9), (4, 9), (2, 1), (4, 4)])
def test_certain_words_change_no_path(words):
    scores = np.zeros((9, 5), np.float32)
    scores[range(9), [label for label, _ in words]] = [weight for _, weight in words]
    # No two paths are as good.
    scores += np.random.default_rng(1).random((9, 5), np.float32)
    logs = log_softmax(scores)
    assert best_path(logs, [(0, 5), (5, 9)]).tolist() == [
        *_viterbi(logs[:5].tolist()),
        *_viterbi(logs[5:].tolist()),
    ]


@given(SCORES)
def test_a_path_does_not_lead_over_the_end_of_a_window(scores):
    logs = log_softmax(scores)
    apart = [*best_path(logs[:1], [(0, 1)]), *best_path(logs[1:], [(0, 3)])]
    assert best_path(logs, [(0, 1), (1, 4)]).tolist() == apart


def test_runs_are_the_spans_of_a_path():
    assert list(runs(np.array([0, 1, 2, 2, 1, 0, 3, 3, 4]))) == [
        (1, 3, 0),
        (4, 4, 0),
        (6, 6, 1),
        (7, 8, 1),
    ]


def test_nothing_has_no_path():
    assert best_path(np.zeros((0, 5), np.float32), []).tolist() == []
