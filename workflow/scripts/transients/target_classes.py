"""The classes of a target: how often they occur, and how other classes map to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transients.errors import ConfigurationError


@dataclass(frozen=True)
class TargetClasses:
    """The classes of a target, and how a source's are brought to them.

    class_map: source class -> target class; a class of the target's own name needs no
    entry.
    class_mix: how often each target class is known to occur, in any unit.
    """

    names: tuple[str, ...]
    class_map: Mapping[str, str] | None = None
    class_mix: Mapping[str, float] | None = None

    @property
    def shares(self) -> NDArray[np.float64]:
        """The known share of each class, (n_classes,), which sum to 1.

        Raises ConfigurationError where the class mix is not known.
        """
        if self.class_mix is None:
            raise ConfigurationError(
                "a strategy asks for the class mix: give the experiment's class_mix"
            )
        numbers = np.array([self.class_mix[name] for name in self.names], dtype=float)
        return numbers / numbers.sum()

    @property
    def with_own_names(self) -> dict[str, str]:
        """The class map with the target's own classes in it."""
        return {name: name for name in self.names} | dict(self.class_map or {})

    def of_source(self, source_classes: Sequence[str]) -> list[list[int]]:
        """Positions of the source classes that make up each target class.

        Raises ConfigurationError for a target class that the source does not know.
        """
        mapped = [self.with_own_names.get(name) for name in source_classes]
        members = [[i for i, to in enumerate(mapped) if to == n] for n in self.names]
        for name, places in zip(self.names, members, strict=True):
            if not places:
                raise ConfigurationError(
                    f"class {name!r} has no counterpart among the source's classes"
                    f" {list(source_classes)}: name one in the experiment's class_map,"
                    " or take a new head"
                )
        return members
