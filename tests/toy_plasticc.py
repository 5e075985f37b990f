"""Light curves in the form of PLAsTiCC's release, written from tables of ours."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from toy_csv import PLASTICC_CLASSES, TAXONOMY

from transients.readers.taxonomy import read_scheme
from transients.simulate import simulate_class
from transients.tables import OBJECTS, SurveyTables

SUBCLASSES = {"SNIbc": "SNIb"}
"""What the simulator has of a class under another name."""


def write_plasticc(tables: SurveyTables, files: Mapping[str, Path]) -> None:
    """Write tables to two files, metadata and light_curves."""
    target = {name: n for n, name in read_scheme(TAXONOMY, "plasticc", "").items()}
    names = {"dec": "decl", "class": "true_target", "redshift": "true_z"}
    objects = tables.objects.replace({"class": target}).rename(columns=names)
    objects.drop(columns="trigger_mjd").to_csv(files["metadata"], index=False)
    points = tables.light_curves.assign(
        passband=tables.light_curves["passband"].map("ugrizy".index),
        detected=tables.light_curves["detected"].astype(int),
    )
    points.rename(columns={"detected": "detected_bool"}).to_csv(
        files["light_curves"], index=False
    )


def write_toy_plasticc(folder: Path, of_each: int = 15) -> None:
    """Write simulated light curves of each class in the files of the training set."""
    folder.mkdir(parents=True)
    made = [_simulated(i, name, of_each) for i, name in enumerate(PLASTICC_CLASSES)]
    tables = SurveyTables(
        pd.concat([one.objects for one in made]),
        pd.concat([one.light_curves for one in made]),
    )
    files = ("metadata", "light_curves")
    paths = [folder / f"plasticc_train_{n.replace('_', '')}.csv.gz" for n in files]
    write_plasticc(tables, dict(zip(files, paths, strict=True)))


def _simulated(number: int, name: str, of_each: int) -> SurveyTables:
    """Simulate light curves of a class, with numbers for names as in the release."""
    made = simulate_class("lsst", SUBCLASSES.get(name, name), of_each, seed=number)
    names = {
        one: f"{number + 1}{i:03}" for i, one in enumerate(made.objects["object_id"])
    }
    objects, light_curves = (
        table.assign(object_id=table["object_id"].map(names))
        for table in (made.objects, made.light_curves)
    )
    place = {"ra": 10.0, "dec": -30.0, "mwebv": 0.02, "trigger_mjd": np.nan}
    return SurveyTables(
        objects.assign(**{"class": name}, **place)[OBJECTS.names], light_curves
    )
