"""What model.json says of an exported model, as it is read again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from transients.encoding import Encoding
from transients.errors import DataError
from transients.model_schema import SCHEMA
from transients.strict_json import hold_against, loads

DESCRIPTION = "model.json"
FILE = re.compile(r"\w[\w.-]*\.(keras|parquet)", re.ASCII)
"""The name of a file beside the description."""


@dataclass(frozen=True)
class ExportedStrategy:
    """A strategy of an exported model: of its networks, trees, or a blend.

    files are networks, or the one forest. Of a forest, scores_of are the strategies
    whose log-probabilities join its features, and shares the known mix of classes that
    weights what it says. of are the weights of a blend, by strategy.
    """

    name: str
    kind: str
    files: Sequence[Path] = ()
    scores_of: Sequence[str] = ()
    shares: Sequence[float] | None = None
    of: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ExportedModel:
    """What model.json says: see model_export.export_model.

    The last of the strategies is the model's; each comes after those that it refers to.
    largest_flux is the usual range of what is largest in each light curve of the data
    set [FLUXCAL]. mwebv is the E(B-V) [mag] that is taken where none is known; None: it
    is not used.
    """

    encoding: Encoding
    strategies: tuple[ExportedStrategy, ...]
    detections_only: bool
    largest_flux: tuple[float, float]
    mwebv: float | None
    compute: Mapping[str, str]


def read_model(folder: str | Path) -> ExportedModel:
    """Return the description of an exported model.

    Raises DataError if the folder has none, or one that SCHEMA does not allow or that
    contradicts itself.
    """
    path = Path(folder) / DESCRIPTION
    try:
        described = loads(path.read_bytes())
        hold_against(SCHEMA, described)
        return _model(Path(folder), described)
    except FileNotFoundError as error:
        raise DataError(
            f"{folder}: has no {DESCRIPTION}: give the folder of an exported model, as"
            " `snakemake results/models/TARGET/STRATEGY` makes it"
        ) from error
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path}: not the description of an exported model ({error}): give the"
            " folder that the workflow made, results/models/TARGET/STRATEGY"
        ) from error


def _model(folder: Path, described: Mapping[str, Any]) -> ExportedModel:
    """Return what a description of SCHEMA says; ValueError if it contradicts itself."""
    mwebv = described["mwebv"]
    return ExportedModel(
        _encoding(described),
        _strategies(folder, described["strategies"], len(described["classes"])),
        described["detections_only"],
        (described["largest_flux"][0], described["largest_flux"][1]),
        mwebv["missing"] if mwebv["used"] else None,
        described["compute"],
    )


def _encoding(described: Mapping[str, Any]) -> Encoding:
    encoding = described["encoding"]
    first, last = encoding["window"]
    if first >= last:
        raise ValueError(f"encoding.window: ends on day {last}, begins on {first}")
    if encoding["min_points"] > encoding["max_points"]:
        raise ValueError("encoding.min_points: more than max_points")
    return Encoding(
        wavelengths=described["passbands"],
        classes=tuple(described["classes"]),
        **{**encoding, "window": (first, last)},
    )


def _strategies(
    folder: Path, described: Sequence[Mapping[str, Any]], n_classes: int
) -> tuple[ExportedStrategy, ...]:
    """Return the strategies; ValueError for one that refers to one further down."""
    strategies: dict[str, ExportedStrategy] = {}
    for section in described:
        files = tuple(_inside(folder, name) for name in section.get("files", ()))
        one = ExportedStrategy(**{**section, "files": files})
        enough = {"network": len(files) > 0, "trees": len(files) == 1, "blend": one.of}
        if not enough[one.kind]:
            raise ValueError(f"{one.name} is made of nothing, or of too much")
        if unknown := {*one.scores_of, *one.of}.difference(strategies):
            raise ValueError(f"{one.name} refers to {min(unknown)!r}")
        if one.name in strategies:
            raise ValueError(f"two strategies have the name {one.name!r}")
        if one.shares is not None:
            _refuse_shares(one.name, one.shares, n_classes)
        strategies[one.name] = one
    return tuple(strategies.values())


def _refuse_shares(name: str, shares: Sequence[float], n_classes: int) -> None:
    """Raise ValueError unless each class has a share, and they are of one whole."""
    if len(shares) != n_classes or abs(sum(shares) - 1) > 1e-6:
        raise ValueError(f"{name}.shares: not one for each class, with a sum of 1")


def _inside(folder: Path, name: str) -> Path:
    if not FILE.fullmatch(name):
        raise ValueError(f"{name!r} is not a file of this folder")
    return folder / name
