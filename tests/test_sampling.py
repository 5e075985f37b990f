"""Which objects are labelled, validate and test: laws, and numbers that must stay."""

import numpy as np
import pytest

from transients.errors import DataError
from transients.sampling import draw_sample, seed_of

N = 100


def draw(n_train=20, target="bts", seed=0, n_objects=N, **changes):
    rules = {"validation_fraction": 0.2, **changes}
    return draw_sample(n_objects, n_train, (target, seed), **rules)


def test_without_labels_all_is_tested():
    sample = draw(n_train=0)
    np.testing.assert_array_equal(sample.test, np.arange(N))
    for rows in (sample.labelled, sample.train, sample.validation):
        assert rows.shape == (0,)
        assert rows.dtype == np.int64
    fixed = draw(n_train=0, test_fraction=0.3).test
    np.testing.assert_array_equal(fixed, draw(test_fraction=0.3).test)
    assert len(draw(n_train=0, max_test=10).test) == 10


def as_lists(sample):
    return [list(vars(sample)[name]) for name in sorted(vars(sample))]


@pytest.mark.parametrize("fraction", [None, 0.3])
def test_no_object_has_two_roles_and_labelled_is_train_and_validation(fraction):
    sample = draw(test_fraction=fraction)
    roles = np.concatenate([sample.train, sample.validation, sample.test])
    assert len(np.unique(roles)) == len(roles)
    union = np.concatenate([sample.train, sample.validation])
    assert sorted(union) == sorted(sample.labelled)
    assert (len(sample.train), len(sample.validation)) == (16, 4)


def test_everything_else_is_the_test_set():
    sample = draw(n_train=37)
    assert sorted([*sample.labelled, *sample.test]) == list(range(N))
    assert np.all(np.diff(sample.test) > 0)


@pytest.mark.parametrize("fraction", [None, 0.3])
def test_samples_of_growing_n_are_nested(fraction):
    small, large = draw(10, test_fraction=fraction), draw(50, test_fraction=fraction)
    np.testing.assert_array_equal(large.labelled[:10], small.labelled)


def test_the_sample_hangs_on_target_and_seed_alone():
    first = draw().labelled
    np.testing.assert_array_equal(draw(validation_fraction=0.5).labelled, first)
    assert list(draw(seed=1).labelled) != list(first)
    assert list(draw(target="lsst_sims").labelled) != list(first)


def test_the_split_hangs_on_n_as_well():
    """Of two nested samples, the small one's validation set is drawn anew."""
    small, large = draw(20), draw(21)
    kept = large.validation[large.validation != large.labelled[-1]]
    assert set(small.validation) != set(kept)
    assert as_lists(draw(20)) == as_lists(draw(20))


def test_draws_are_the_same_on_every_machine():
    sample = draw(n_objects=1000, n_train=10, target="bts", seed=3)
    assert seed_of("bts", 10, 3) == 3772540930
    assert sample.labelled.tolist() == [
        256,
        468,
        634,
        479,
        441,
        805,
        843,
        565,
        665,
        490,
    ]
    assert sample.validation.tolist() == [843, 256]


def test_seeds_tell_their_parts_apart():
    parts = [("bts", 1), ("bts", 11), ("bts", 1, 1), ("bts", "test"), ("bts1",)]
    assert len({seed_of(*p) for p in parts}) == len(parts)
    assert all(0 <= seed_of(*p) < 2**32 for p in parts)


def test_a_fixed_test_set_is_the_same_for_every_seed_and_n():
    test = draw(test_fraction=0.3).test
    assert len(test) == 30
    for n, seed in ((5, 0), (70, 0), (20, 7)):
        sample = draw(n, seed=seed, test_fraction=0.3)
        np.testing.assert_array_equal(sample.test, test)
        assert not np.isin(sample.labelled, test).any()
    assert list(draw(target="other", test_fraction=0.3).test) != list(test)


def test_a_capped_test_set_is_the_same_for_every_n():
    small, large = draw(10, max_test=25), draw(60, max_test=25)
    np.testing.assert_array_equal(small.test, large.test)
    assert len(small.test) == 25
    assert set(small.test) <= set(draw(10).test)
    assert len(draw(90, max_test=25).test) == 10


@pytest.mark.parametrize("fraction", [0.01, 0.99])
def test_training_and_validation_are_never_empty(fraction):
    sample = draw(5, validation_fraction=fraction)
    assert len(sample.train) > 0
    assert len(sample.validation) > 0


@pytest.mark.parametrize(
    ("n_train", "fraction", "most"), [(100, None, 99), (81, 0.2, 80), (1, None, 99)]
)
def test_more_labels_than_objects_is_refused(n_train, fraction, most):
    message = rf"{n_train} labelled.*'bts'.*2 and {most}:.* in experiments\.bts"
    with pytest.raises(DataError, match=message):
        draw(n_train, test_fraction=fraction)
    if n_train > 1:
        assert len(draw(most, test_fraction=fraction).test) > 0
