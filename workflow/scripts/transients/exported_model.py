"""What model.json says of an exported model, as it is read again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from transients.encoding import Encoding
from transients.errors import DataError

DESCRIPTION = "model.json"
FORMAT = 2
KINDS = ("network", "trees", "blend")


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
    mwebv is the E(B-V) [mag] that is taken where none is known; None: it is not used.
    """

    encoding: Encoding
    strategies: tuple[ExportedStrategy, ...]
    detections_only: bool
    mwebv: float | None
    compute: Mapping[str, str]


def read_model(folder: str | Path) -> ExportedModel:
    """Return the description of an exported model.

    Raises DataError if the folder has none, or one of another format.
    """
    path = Path(folder) / DESCRIPTION
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        if described["format"] != FORMAT:
            raise ValueError(f"its format is {described['format']}, not {FORMAT}")
        encoding, mwebv = described["encoding"], described["mwebv"]
        return ExportedModel(
            Encoding(
                wavelengths=described["passbands"],
                classes=tuple(described["classes"]),
                **{**encoding, "window": tuple(encoding["window"])},
            ),
            _strategies(Path(folder), described["strategies"]),
            described["detections_only"],
            mwebv["missing"] if mwebv["used"] else None,
            described["compute"],
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path}: not the description of an exported model ({error}): give the"
            " folder that the workflow made, results/models/TARGET/STRATEGY"
        ) from error


def _strategies(
    folder: Path, described: Sequence[Mapping[str, Any]]
) -> tuple[ExportedStrategy, ...]:
    """Return the strategies; ValueError for one that refers to one further down."""
    strategies: dict[str, ExportedStrategy] = {}
    for section in described:
        files = tuple(_inside(folder, name) for name in section.get("files", ()))
        one = ExportedStrategy(**{**section, "files": files})
        if one.kind not in KINDS:
            raise ValueError(f"{one.name} is of no kind that is known")
        enough = {"network": len(files) > 0, "trees": len(files) == 1, "blend": one.of}
        if not enough[one.kind]:
            raise ValueError(f"{one.name} is made of nothing, or of too much")
        if unknown := {*one.scores_of, *one.of}.difference(strategies):
            raise ValueError(f"{one.name} refers to {min(unknown)!r}")
        strategies[one.name] = one
    if not strategies:
        raise ValueError("it has no strategy")
    return tuple(strategies.values())


def _inside(folder: Path, name: str) -> Path:
    if Path(name).name != name:
        raise ValueError(f"{name!r} is not a file of this folder")
    return folder / name
