"""Changed lists of claims: checked against results, or refused in words."""

import pandas as pd
import pytest
import yaml
from claims_toys import NOISE, performance, training
from mutations import CORPUS, COUNT, kept, kept_if_it_fails
from numpy.random import default_rng
from odd_configurations import changed, random_changes
from test_claims import CLAIMS

from transients.claims import CLAIM_COLUMNS, claims_table, read_claims
from transients.errors import TransientsError

CLASSES = {
    "bts": ["SN Ia", "SN II", "SN Ib/c", "SLSN-I", "TDE"],
    "lsst_sims": ["AGN", "SNIa", "SNIb", "SNIc"],
}
AVERAGES = ["macro", "macro_common", "macro_common_only", "SNIb|SNIc"]
STRATEGIES = {"transfer": 0.9, "scratch": 0.6, "scratch_fair": 0.8}
STRATEGIES |= {"last_layers": 0.7, "full": 0.9}
SIZES = (100, 4000)
TIMES = {
    **{"epochs_best": [3, 4, 4], "epochs_run": [5, 4, 9], "seconds": [9.0, 8.0, 9.0]},
    **{"seconds_uncached": [20.0, 21.0, 22.0], "seconds_per_epoch": [2.0, 2.0, 1.0]},
    "device": ["Tesla V100"] * 3,
}


@pytest.fixture(scope="module")
def results():
    """The performance, and the training times, of runs of both targets."""
    runs = [
        performance(
            {
                (strategy, label): dict.fromkeys(SIZES, auroc + NOISE)
                for strategy, auroc in STRATEGIES.items()
                for label in [*classes, *AVERAGES]
            },
            target,
        )
        for target, classes in CLASSES.items()
    ]
    each = {strategy: dict.fromkeys(SIZES, TIMES) for strategy in STRATEGIES}
    times = [training(each, target) for target in CLASSES]
    return pd.concat(runs), pd.concat(times)


def is_refused(path, text, results):
    path.write_bytes(text)
    with kept_if_it_fails(CORPUS / "claims.yaml", text):
        try:
            claims = read_claims(path)
            table = claims_table(*results, claims, {"bts": True})
        except TransientsError as error:
            assert str(path) in str(error)
            assert len(str(error)) < 5000
            return True
        assert list(table) == CLAIM_COLUMNS
    return False


@pytest.mark.fuzz
def test_changed_claims_are_checked_or_refused_in_words(tmp_path, results):
    path = tmp_path / "claims.yaml"
    pristine = CLAIMS.read_bytes()
    assert not is_refused(path, pristine, results)
    for mutant in kept(CORPUS / "claims.yaml"):
        is_refused(path, mutant, results)
    content = yaml.safe_load(pristine)
    refused = 0
    for seed in range(COUNT):
        mutant = changed(content, random_changes(content, default_rng(seed)))
        text = yaml.dump(mutant, allow_unicode=False).encode()
        refused += is_refused(path, text, results)
    assert 0.3 * COUNT < refused < COUNT
