"""The comparison of two results folders sees everything but what is measured."""

import json
import shutil
import zipfile

import pandas as pd
import pytest
from same_results import differences

TRAINING = pd.DataFrame(
    {"strategy": ["transfer"], "epochs_run": [3], "loss": [0.1], "seconds": [1.5]}
)
CLAIMS = pd.DataFrame({"name": ["3a", "3b"], "measured": [0.7, 0.8]})


@pytest.fixture
def folders(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    TRAINING.to_parquet(one / "training.parquet", index=False)
    TRAINING.to_parquet(one / "performance.parquet", index=False)
    CLAIMS.to_csv(one / "claims.csv", index=False)
    (one / "fig1.png").write_bytes(b"pixels")
    save(one / "classifier.keras", b"1.0", "Monday")
    summarise(one / "summary.json", 2, 1.5)
    write_page(one / "training_time.md", "transfer", "1.5")
    shutil.copytree(one, other)
    return one, other


def save(path, weights, saved_on):
    """Write what looks like a saved network."""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("metadata.json", json.dumps({"date_saved": saved_on}))
        file.writestr("config.json", '{"shared_object_id": 5}')
        file.writestr("model.weights.h5", weights)


def summarise(path, epochs, seconds):
    path.write_text(json.dumps({"epochs": epochs, "history": {"seconds": [seconds]}}))


def write_page(path, strategy, seconds, told="All runs."):
    bar = "-" * len(seconds)
    table = f"| strategy | seconds |\n|:---|{bar}:|\n| {strategy} | {seconds} |\n"
    path.write_text(f"{told}\n\n{table}")


def test_a_copy_is_the_same(folders):
    assert differences(*folders) == []


def test_what_is_measured_may_differ(folders):
    one, other = folders
    TRAINING.assign(seconds=9.25).to_parquet(other / "training.parquet", index=False)
    CLAIMS.assign(measured=[0.7, 0.9]).to_csv(other / "claims.csv", index=False)
    save(other / "classifier.keras", b"1.0", "Tuesday")
    summarise(other / "summary.json", 2, 9.25)
    write_page(other / "training_time.md", "transfer", "12.75")
    for path in other.iterdir():
        measured = path.name not in ("performance.parquet", "fig1.png")
        assert (path.read_bytes() != (one / path.name).read_bytes()) == measured
    assert differences(one, other) == []


NEXT_AFTER = 0.1 + 2**-56  # the next number above 0.1

CHANGES = {
    "training.parquet: column loss differs 1 times: 0.1 / 0.10000000000000002": (
        lambda path: TRAINING.assign(loss=NEXT_AFTER).to_parquet(path, index=False)
    ),
    "training.parquet: column epochs_run differs": (
        lambda path: TRAINING.astype({"epochs_run": "int32"}).to_parquet(path)
    ),
    "training.parquet: columns": (
        lambda path: TRAINING.drop(columns="loss").to_parquet(path, index=False)
    ),
    "training.parquet: bytes differ, and one is unreadable": (
        lambda path: path.write_bytes(path.read_bytes()[:-1])
    ),
    "performance.parquet: column seconds differs": (  # measured in training alone
        lambda path: TRAINING.assign(seconds=9.25).to_parquet(path, index=False)
    ),
    "performance.parquet: bytes differ, values do not": (
        lambda path: TRAINING.to_parquet(path, index=False, compression="gzip")
    ),
    "claims.csv: 2 / 1 rows": lambda path: CLAIMS.head(1).to_csv(path, index=False),
    "claims.csv: column measured differs 1 times: '0.7' / '0.70'": (
        lambda path: path.write_text(path.read_text().replace("0.7", "0.70"))
    ),
    "classifier.keras: layers or weights differ": (
        lambda path: save(path, b"1.1", "Monday")
    ),
    "summary.json: column epochs differs": lambda path: summarise(path, 3, 1.5),
    "training_time.md: column strategy differs": (
        lambda path: write_page(path, "scratch", "1.5")
    ),
    "training_time.md: column text around differs": (
        lambda path: write_page(path, "transfer", "1.5", "Some runs.")
    ),
    "fig1.png: bytes differ": lambda path: path.write_bytes(b"pixelz"),
    "fig1.png: missing in the second": lambda path: path.unlink(),
}


@pytest.mark.parametrize("told", CHANGES)
def test_any_other_change_is_seen_and_told(folders, told):
    one, other = folders
    CHANGES[told](other / told.split(":")[0])
    (difference,) = differences(one, other)
    assert difference.startswith(told)


def test_a_file_too_many_is_seen_even_if_hidden_and_empty(folders):
    one, other = folders
    (other / "tables/.unfinished-x").mkdir(parents=True)
    (other / "tables/.unfinished-x/fig1.pdf").touch()
    assert differences(one, other) == [
        "tables/.unfinished-x/fig1.pdf: missing in the first"
    ]
