"""No object in two of train, validation and test, whatever is asked for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from toys import survey

from transients.errors import DataError
from transients.sampling import draw_sample
from transients.tables import SurveyTables, Vocabulary, validate

FRACTIONS = st.floats(0.001, 0.999)


@st.composite
def wishes(draw):
    """Objects, labels and rules of a split, of which some cannot be met."""
    n_objects = draw(st.integers(1, 3000))
    return (
        n_objects,
        draw(st.integers(0, n_objects)),
        (draw(st.text(max_size=8)), draw(st.integers(0, 10**6))),
        {
            "validation_fraction": draw(FRACTIONS),
            "test_fraction": draw(st.none() | FRACTIONS),
            "max_test": draw(st.none() | st.integers(10, 500)),
        },
    )


def labels_at_most(n_objects, rules):
    """How many labels can be had beside a test set, of one object at least."""
    held_out = round((rules["test_fraction"] or 0) * n_objects)
    return n_objects - max(held_out, 1)


@settings(max_examples=1000)
@given(wishes(), st.floats(0, 1))
def test_no_object_has_two_roles_in_a_thousand_random_splits(wish, share):
    n_objects, _, unit, rules = wish
    most = labels_at_most(n_objects, rules)
    assume(most >= 2)
    n_train = 2 + round(share * (most - 2))
    sample = draw_sample(n_objects, n_train, unit, **rules)
    roles = [sample.train, sample.validation, sample.test]
    assert all(len(role) for role in roles)
    everyone = np.concatenate(roles)
    assert len(np.unique(everyone)) == len(everyone) <= n_objects
    assert np.isin(everyone, np.arange(n_objects)).all()
    assert len(sample.labelled) == n_train
    assert set(sample.labelled) == {*sample.train, *sample.validation}
    expected = round(rules["validation_fraction"] * n_train)
    assert len(sample.validation) == min(max(1, expected), n_train - 1)
    assert len(sample.test) <= (rules["max_test"] or n_objects)
    if rules["test_fraction"] is None and rules["max_test"] is None:
        assert len(everyone) == n_objects


@given(wishes())
def test_a_split_is_refused_where_it_cannot_be_had_and_nowhere_else(wish):
    n_objects, n_train, unit, rules = wish
    if n_train == 1 or n_train > labels_at_most(n_objects, rules):
        with pytest.raises(DataError):
            draw_sample(n_objects, n_train, unit, **rules)
    else:
        sample = draw_sample(n_objects, n_train, unit, **rules)
        assert len(sample.labelled) == n_train


def test_an_object_that_is_there_twice_never_comes_to_be_sampled():
    """Samples are of rows, so a name that returns could be learnt from and tested."""
    tables = survey(["a", "b"])
    twice = SurveyTables(
        pd.concat([tables.objects, tables.objects.head(1)]), tables.light_curves
    )
    known = Vocabulary("mine", ("A", "B"), ("g", "r"))
    validate(tables, known)
    with pytest.raises(DataError, match="an object_id that occurs twice: 1 rows"):
        validate(twice, known)
