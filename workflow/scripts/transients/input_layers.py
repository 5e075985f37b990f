"""What the network does to a light curve before it reads it: layers of its own.

They are saved with the network, so that whoever loads it need not know of them. Both
take zero-padded light curves (B, T, 4) of equation 1, and leave the padding zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

FLUX_SOFTENING = 0.5
"""Where asinh turns from linear to logarithmic, in units of the input's flux scale.

250 FLUXCAL, or 21.5 mag (AB), with the paper's scale of 500: below what ZTF detects and
above its noise, so that flux is linear in noise and for the faint objects of LSST, and
logarithmic, like a magnitude, for what is bright.
"""

CENTRES = (0.6, 0.4, 2.0)
SPREADS = (0.2, 0.25, 0.5)
"""Of wavelength [micrometre], scaled time, asinh flux: inputs are then of order 1.

g and r, .48 and .64 micrometre, are the same to a network that has just begun, and
so are fluxes that all lie between 3 and 5. Source models of 5,000 simulated BTS light
curves reached a validation loss of 1.09 in 12 epochs without (.88 at a rate of 0.005
instead of 0.002), and of .37 to .49 with these, at 0.005, over five seeds.
"""


@keras.saving.register_keras_serializable("transients")
class AsinhInput(layers.Layer):
    """Flux f as asinh(f / s), its error as error / sqrt(f^2 + s^2), to first order.

    Up to factors these are the magnitudes of Lupton, Gunn & Szalay (1999, AJ 118,
    1406), which exist for negative fluxes, too. s is in units of the input's flux.
    Wavelength, time and this flux are then centred and scaled by `centres` and
    `spreads`, the error by the spread of flux.
    """

    def __init__(
        self,
        softening: float = FLUX_SOFTENING,
        centres: Sequence[float] = CENTRES,
        spreads: Sequence[float] = SPREADS,
        **options: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(**{"dtype": "float32", **options})
        self.softening = softening
        self.centres, self.spreads = list(centres), list(spreads)

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is built from: a saved network keeps its constants."""
        return super().get_config() | {
            "softening": self.softening,
            "centres": self.centres,
            "spreads": self.spreads,
        }

    def call(self, light_curve: Any) -> Any:  # noqa: ANN401
        """Return (B, T, 4)."""
        wavelength, time, flux, flux_err = ops.unstack(light_curve, 4, axis=-1)
        slope = ops.rsqrt(ops.square(flux) + self.softening**2)
        centred = [
            (values - centre) / spread
            for values, centre, spread in zip(
                (wavelength, time, ops.arcsinh(flux / self.softening)),
                self.centres,
                self.spreads,
                strict=True,
            )
        ]
        seen = ops.stack([*centred, flux_err * slope / self.spreads[2]], axis=-1)
        return ops.where(light_curve[:, :, :1] == 0, 0.0, seen)  # padding stays zero

    def compute_output_shape(self, shape: Any) -> Any:  # noqa: ANN401
        """Return the shape of the output."""
        return shape


@keras.saving.register_keras_serializable("transients")
class RenameWavelengths(layers.Layer):
    """The wavelength of the nearest passband of `ours`, as `theirs` has it.

    ours and theirs are wavelengths [micrometre] of the same passbands, in one order.
    """

    def __init__(
        self,
        ours: Sequence[float],
        theirs: Sequence[float],
        **options: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(**{"dtype": "float32", **options})
        self.ours, self.theirs = list(ours), list(theirs)

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is built from."""
        return super().get_config() | {"ours": self.ours, "theirs": self.theirs}

    def call(self, light_curve: Any) -> Any:  # noqa: ANN401
        """Return (B, T, 4)."""
        wavelength = light_curve[:, :, :1]
        ours, theirs = (
            ops.convert_to_tensor(values, "float32")
            for values in (self.ours, self.theirs)
        )
        nearest = ops.argmin(ops.abs(wavelength - ours), axis=-1)
        renamed = ops.take(theirs, nearest)[:, :, None]
        renamed = ops.where(wavelength == 0, 0.0, renamed)
        return ops.concatenate([renamed, light_curve[:, :, 1:]], axis=-1)

    def compute_output_shape(self, shape: Any) -> Any:  # noqa: ANN401
        """Return the shape of the output."""
        return shape
