"""The model input: padding, and classes that have enough objects."""

import numpy as np
import pandas as pd
import pytest
from toys import model_input

from transients.encoding import count_classes, require_every_class
from transients.errors import DataError


def test_padding_is_zero_and_on_the_right():
    given = model_input([2, 5, 3])
    batch = given.padded(np.array([2, 0]))
    assert batch.shape == (2, 3, 4)
    np.testing.assert_array_equal(batch[0], given.points[7:10])
    np.testing.assert_array_equal(batch[1, :2], given.points[:2])
    assert not batch[1, 2:].any()


def test_a_class_that_lost_every_object_is_an_error():
    require_every_class(np.array([0, 1, 1]), ("A", "B"))
    with pytest.raises(DataError, match=r"\['B'\] is left after trigger"):
        require_every_class(np.array([0, 2, 2]), ("A", "B", "C"))


def test_class_counts_keep_the_order_of_the_classes_and_their_zeros():
    table = count_classes("toy", np.array([2, 0, 2]), ("A", "B", "C"))
    expected = {"dataset": "toy", "class": ["A", "B", "C"], "n": [1, 0, 2]}
    pd.testing.assert_frame_equal(table, pd.DataFrame(expected), check_dtype=False)
