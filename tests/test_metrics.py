"""AUROC by hand, its means, and where there is none."""

import numpy as np
import pytest

from transients.errors import DataError
from transients.metrics import auroc, class_aurocs, pair_auroc

NAN = float("nan")


@pytest.mark.parametrize(
    ("positive", "score", "expected"),
    [
        ([1, 1, 0, 0], [4, 3, 2, 1], 1.0),
        ([1, 1, 0, 0], [1, 2, 3, 4], 0.0),
        ([1, 0, 1, 0], [4, 3, 2, 1], 0.75),  # 3 of 4 pairs in order
        ([1, 0, 0], [1, 1, 0], 0.75),  # a tie counts half
        ([1, 1, 0, 0], [0, 0, 0, 0], 0.5),
        ([1, 0, 1, 0, 0, 0], [2, 2, 1, 1, 0, 0], 0.75),  # .5 + 3 and 0 + .5 + 2 of 8
        ([1, 0], [1e-300, 0], 1.0),  # the order counts, however small the numbers
        ([1, 1], [1, 0], NAN),
        ([0, 0], [1, 0], NAN),
        ([], [], NAN),
    ],
)
def test_auroc_by_hand(positive, score, expected):
    value = auroc(np.array(positive, dtype=bool), np.array(score, dtype=float))
    np.testing.assert_equal(value, expected)


def test_auroc_counts_the_pairs_in_order():
    random = np.random.default_rng(0)
    positive = random.random(200) < 0.3
    score = random.integers(0, 50, 200) / 50  # with ties
    above, below = score[positive][:, None], score[~positive]
    in_order = ((above > below) + (above == below) / 2).mean()
    assert auroc(positive, score) == pytest.approx(in_order, abs=1e-12)


@pytest.mark.parametrize("score", [NAN, np.inf, -np.inf])
@pytest.mark.parametrize("positive", [[True, False, False], [True] * 3])
def test_scores_that_are_no_numbers_are_refused(positive, score):
    with pytest.raises(DataError, match="diverged; lower learning_rate"):
        auroc(np.array(positive), np.array([0.5, score, 0.1]))


CLASSES = ("a", "b", "c")
LABELS = np.array([0, 0, 1, 1, 2])
SCORES = np.array(
    [
        [0.7, 0.2, 0.1],
        [0.2, 0.3, 0.5],
        [0.3, 0.6, 0.1],
        [0.1, 0.1, 0.8],
        [0.15, 0.35, 0.5],
    ]
)
"""
a: .7 .2 against .3 .1 .15: 5 of 6; b: .6 .1 against .2 .3 .35: 3 of 6;
c: .5 against .1 .5 .1 .8: 2.5 of 4. Without c: a: .7 .2 against .3 .1: 3 of 4;
b: .6 .1 against .2 .3: 2 of 4.
"""


def test_every_class_and_the_means_by_hand():
    values = class_aurocs(LABELS, SCORES, CLASSES, common=("a", "b"))
    expected = {
        "a": 5 / 6,
        "b": 3 / 6,
        "c": 2.5 / 4,
        "macro": (5 / 6 + 3 / 6 + 2.5 / 4) / 3,
        "macro_common": (5 / 6 + 3 / 6) / 2,
        "macro_common_only": (3 / 4 + 2 / 4) / 2,
    }
    assert values.to_dict() == pytest.approx(expected)
    assert list(values.index) == list(expected)
    assert values.name == "auroc"


def test_without_common_classes_there_is_only_macro():
    assert list(class_aurocs(LABELS, SCORES, CLASSES).index) == [*CLASSES, "macro"]


def test_common_classes_are_known_by_name_not_by_place():
    swapped = class_aurocs(LABELS, SCORES, CLASSES, common=("c", "a"))
    assert swapped["macro_common"] == pytest.approx((2.5 / 4 + 5 / 6) / 2)


def test_a_class_without_test_objects_leaves_no_macro():
    """A mean over fewer classes would be another quantity under the same name."""
    keep = LABELS != 2
    values = class_aurocs(LABELS[keep], SCORES[keep], CLASSES, common=("a", "b"))
    assert np.isnan(values[["c", "macro"]]).all()
    assert values["macro_common"] == pytest.approx(0.625)
    assert values["macro_common_only"] == pytest.approx(0.625)
    keep = LABELS != 1
    values = class_aurocs(LABELS[keep], SCORES[keep], CLASSES, common=("a", "b"))
    assert np.isnan(values[["macro", "macro_common", "macro_common_only"]]).all()
    assert np.isfinite(values[["a", "c"]]).all()


def test_pairs_are_told_apart_by_their_share_of_the_probability():
    """a of (a, b): .78 .4 against .33 .5, 3 of 4; b of (b, c): .86 .11 against .41."""
    values = class_aurocs(LABELS, SCORES, CLASSES, pairs=[("a", "b"), ("b", "c")])
    assert values["a|b"] == pytest.approx(3 / 4)
    assert values["b|c"] == pytest.approx(1 / 2)
    assert pair_auroc(LABELS, SCORES, (1, 0)) == pytest.approx(values["a|b"])


def test_a_pair_that_gets_no_probability_is_no_crash():
    scores = np.zeros((3, 3))
    assert pair_auroc(np.array([0, 1, 1]), scores, (0, 1)) == 0.5
    assert np.isnan(pair_auroc(np.array([2, 2, 1]), np.ones((3, 3)), (0, 1)))
