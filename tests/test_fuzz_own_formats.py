"""Changed options of `classify --reader`: they are read, or refused in words."""

import json

import pandas as pd
import pytest
from exported_toys import light_curves
from mutations import CORPUS, COUNT, kept, kept_if_it_fails
from test_fuzz_exported_models import with_odd_part

from transients.errors import TransientsError
from transients.own_format import files_read, read_format

COLUMNS = ["object_id", "mjd", "flux", "flux_err"]
OPTIONS = {
    "files": {"labels": "labels.csv", "light_curves": "observed.csv"},
    "labels": {"object_id": "name"},
    "light_curves": {**{name: name for name in COLUMNS}, "passband": "filter"},
    "passbands": {"ztfg": "g", "ztfr": "r"},
    "zero_point": 27.5,
}


@pytest.fixture
def path(tmp_path):
    frame = light_curves()
    names = pd.DataFrame({"name": frame["object_id"].unique()})
    names.to_csv(tmp_path / "labels.csv", index=False)
    frame["filter"] = "ztf" + frame["passband"]
    frame[[*COLUMNS, "filter"]].to_csv(tmp_path / "observed.csv", index=False)
    return tmp_path / "own.yaml"


def is_refused(path, text):
    path.write_bytes(text)
    with kept_if_it_fails(CORPUS / "own.yaml", text):
        try:
            files_read(path)
            for _ in read_format("csv", path, ("g", "r")):
                pass
        except TransientsError as error:
            assert len(str(error)) < 5000
            return True
    return False


@pytest.mark.fuzz
def test_changed_options_are_read_or_refused_in_words(path):
    pristine = json.dumps(OPTIONS).encode()
    assert not is_refused(path, pristine)
    for mutant in kept(CORPUS / "own.yaml"):
        is_refused(path, mutant)
    mutants = (with_odd_part(pristine, seed) for seed in range(COUNT))
    refused = sum(is_refused(path, mutant) for mutant in mutants)
    assert 0.9 * COUNT < refused <= COUNT


@pytest.mark.parametrize("text", ["a: !!float ''", "!!bool maybe", "[" * 3000, "\0"])
def test_what_is_no_yaml_is_refused(path, text):
    path.write_text(text)
    with pytest.raises(TransientsError, match="cannot be read as YAML"):
        list(read_format("csv", path, ("g", "r")))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("light_curves", 5, "light_curves: 5 is not of type 'object'"),
        ("labels", {"object_id": 1}, "labels.object_id: 1 is not of type"),
        ("passbands", {"ztfg": "u"}, "ztfg: 'u' is not among the model's"),
        ("zero_points", 5, "unknown 'zero_points' (did you mean 'zero_point'?)"),
    ],
)
def test_an_option_that_is_wrong_is_named(path, key, value, said):
    path.write_text(json.dumps({**OPTIONS, key: value}))
    with pytest.raises(TransientsError) as refusal:
        list(read_format("csv", path, ("g", "r")))
    assert said in str(refusal.value)
    assert str(path) in str(refusal.value)
