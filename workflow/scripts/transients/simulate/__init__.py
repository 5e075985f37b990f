"""The embedded simulator: a stand-in for the paper's SNANA simulations.

Good enough to run, test and show the whole method; not the published data. Every class
is an engine (``engines``) with priors (``classes``), seen through dust and passbands
(``explosions``) by a survey (``surveys``, ``cadence``, ``noise``, ``realism``).
"""

from .classes import CLASSES
from .simulator import SimulatedClass, classes_of, simulate_class, simulate_portions
from .surveys import SURVEYS

__all__ = [
    "CLASSES",
    "SURVEYS",
    "SimulatedClass",
    "classes_of",
    "simulate_class",
    "simulate_portions",
]
