"""What test modules share: how much input is generated, toy units, a server."""

import mutations
import pandas as pd
import pytest
from hypothesis import settings

settings.register_profile("always", derandomize=True, deadline=None, max_examples=25)
settings.register_profile("fuzz", deadline=None, max_examples=500)
settings.load_profile("fuzz" if mutations.COUNT > 200 else "always")


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """An untrained source model on disk."""
    from unit_toys import saved_source  # not here: most tests build no network

    return saved_source(tmp_path_factory.mktemp("source") / "source model.keras")


@pytest.fixture(scope="session")
def unit(source):
    """A unit of 20 labels that starts from the source model."""
    from unit_toys import the_unit

    return the_unit(source)


@pytest.fixture(scope="session")
def exports(tmp_path_factory, source):
    """Toy models as the workflow exports them."""
    from exported_toys import Exports

    return Exports(tmp_path_factory.mktemp("exports"), source)


@pytest.fixture
def classify(exports, tmp_path, capsys):
    """Run the command; return its status, its table and what it said."""
    from transients import command

    def run(source, *options, suffix=".csv", output="p.csv"):
        if isinstance(source, pd.DataFrame):
            path = tmp_path / f"new light curves{suffix}"
            write = source.to_parquet if suffix == ".parquet" else source.to_csv
            write(path, index=False)
            source = path
        words = ["classify", source, *options, "--model", exports.model("transfer")]
        status = command.main([*map(str, words), "--output", str(tmp_path / output)])
        return status, tmp_path / output, capsys.readouterr().err

    return run


@pytest.fixture
def server(monkeypatch):
    """A server on the loopback interface, which is not waited for between attempts."""
    from loopback import Server

    from transients.fetching import client

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(client, "wait", lambda *_: None)
    with Server() as server:
        yield server
