"""Statistics of each passband's light curve, by the library light-curve."""

from __future__ import annotations

import light_curve as licu
import numpy as np
import pyarrow as pa

from transients.features.curves import Floats, PassbandCurves
from transients.features.shapes import by_passband

OF_MAGNITUDES = licu.Extractor(
    licu.Amplitude(),
    licu.BeyondNStd(1.0),
    licu.Cusum(),
    licu.Duration(),
    licu.EtaE(),
    licu.InterPercentileRange(0.25),
    licu.Kurtosis(),
    licu.LinearFit(),
    licu.LinearTrend(),
    licu.MagnitudePercentageRatio(0.4, 0.05),
    licu.MagnitudePercentageRatio(0.2, 0.05),
    licu.Mean(),
    licu.ReducedChi2(),
    licu.Skew(),
    licu.StandardDeviation(),
    licu.WeightedMean(),
)

OF_FLUXES = licu.BazinFit("lmsder", lmsder_niter=20)
"""Deterministic, and ten times faster than its fits that start from a Markov chain."""


def statistics(curves: PassbandCurves) -> dict[str, Floats]:
    """Return the library's features of each passband, each (n,).

    Times count from the passband's peak [d]. Most are of the magnitudes; the fit of
    Bazin et al. (2009, A&A 499, 653) is of fluxes as fractions of the peak's.
    """
    phase = curves.time - curves.peak_time[curves.owner]
    peak_flux = np.abs(curves.at_row(curves.flux, curves.peak))[curves.owner]
    magnitudes = (phase, curves.magnitude, curves.magnitude_err)
    fluxes = (phase, curves.flux / peak_flux, curves.flux_err / peak_flux)
    each = _measured(OF_MAGNITUDES, curves, magnitudes)
    each |= _measured(OF_FLUXES, curves, fluxes)
    return by_passband(curves, each)


def _measured(
    extractor: licu.Extractor | licu.BazinFit,
    curves: PassbandCurves,
    columns: tuple[Floats, Floats, Floats],
) -> dict[str, Floats]:
    """Return the extractor's features of each light curve, (n * B,) each.

    columns are phase, brightness and its error, (N,). What a light curve has too few
    observations for is NaN.
    """
    names = ["t", "m", "sigma"]
    points = pa.StructArray.from_arrays([pa.array(c) for c in columns], names)
    light_curves = pa.LargeListArray.from_arrays(pa.array(curves.offsets), points)
    values = extractor.many(
        light_curves,
        arrow_fields={name: name for name in names},
        fill_value=np.nan,
        sorted=True,
        n_jobs=1,
    )
    return dict(zip(extractor.names, values.T, strict=True))
