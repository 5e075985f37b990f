"""What the network does to a light curve first, and that it is saved with it."""

import keras
import numpy as np
import pytest
from toys import TINY, mixed_lengths, model_input

from transients.input_layers import CENTRES, SPREADS, AsinhInput, RenameWavelengths
from transients.model import Architecture, build_backbone, build_head, with_head
from transients.saved_networks import load_classifier

N = 6
GIVEN = model_input(mixed_lengths(N))
LIGHT_CURVES = GIVEN.padded(np.arange(N))
INPUTS = {"light_curve": LIGHT_CURVES, "metadata": GIVEN.metadata}
PADDING = LIGHT_CURVES[:, :, 0] == 0
SWAPPED = ([0.472, 0.634], [0.6223, 0.4827])


def shown(layer, given=LIGHT_CURVES):
    return keras.ops.convert_to_numpy(layer(given))


@pytest.mark.parametrize("layer", [AsinhInput(), RenameWavelengths(*SWAPPED)])
def test_padding_stays_zero(layer):
    assert PADDING.any()
    assert not shown(layer)[PADDING].any()


def seen_at(fluxes, softening):
    """What is seen of points of these fluxes, errors 0.001, and the asinh itself."""
    points = [[[0.5, 0.3, flux, 0.001] for flux in fluxes]]
    seen = shown(AsinhInput(softening), np.array(points, np.float32))[0]
    return seen, seen[:, 2] * SPREADS[2] + CENTRES[2]


def test_flux_is_linear_when_faint_logarithmic_when_bright_and_may_be_negative():
    seen, (faint, bright, brighter, negative) = seen_at((0.001, 10, 1000, -1000), 0.02)
    assert faint == pytest.approx(0.001 / 0.02, rel=1e-3)
    assert brighter - bright == pytest.approx(np.log(100), rel=1e-4)
    assert negative == pytest.approx(-brighter)
    errors = seen[:, 3] * SPREADS[2]
    assert errors == pytest.approx([0.05, 1e-4, 1e-6, 1e-6], rel=2e-3)


def test_wavelength_and_time_are_centred_and_scaled():
    seen, _ = seen_at((1.0,), 0.5)
    assert seen[0, :2] == pytest.approx([(0.5 - 0.6) / 0.2, (0.3 - 0.4) / 0.25])


def test_the_error_of_flux_goes_through_the_same_slope():
    up, down = LIGHT_CURVES.copy(), LIGHT_CURVES.copy()
    step = np.float32(1e-3)
    up[:, :, 2] += step
    down[:, :, 2] -= step
    slope = (shown(AsinhInput(0.5), up) - shown(AsinhInput(0.5), down))[~PADDING, 2]
    error = shown(AsinhInput(0.5))[~PADDING, 3] / LIGHT_CURVES[~PADDING, 3]
    np.testing.assert_allclose(slope / (2 * step), error, rtol=1e-2)


def test_wavelengths_are_those_of_the_nearest_passband():
    points = [[[w, 0.1, 2.0, 3.0] for w in (0.472, 0.634, 0.36, 0.87, 0.0)]]
    seen = shown(RenameWavelengths(*SWAPPED), np.array(points, np.float32))[0]
    np.testing.assert_allclose(seen[:, 0], [0.6223, 0.4827, 0.6223, 0.4827, 0])
    np.testing.assert_allclose(seen[:, 1:], [[0.1, 2, 3]] * 5, rtol=1e-6)


def network(flux, swapped=False):
    sizes = Architecture((8, 8), 8, None, (8,), flux)
    convert = RenameWavelengths(*SWAPPED) if swapped else None
    return with_head(build_backbone(sizes, convert), build_head(8, 3, []))


@pytest.mark.parametrize(
    ("flux", "swapped"), [("asinh", False), ("linear", True), ("asinh", True)]
)
def test_a_network_takes_its_view_of_light_curves_along(flux, swapped, tmp_path):
    whole = network(flux, swapped)
    whole.save(tmp_path / "classifier.keras")
    back = load_classifier(tmp_path / "classifier.keras")
    expected = whole.predict_on_batch(INPUTS)
    np.testing.assert_array_equal(back.predict_on_batch(INPUTS), expected)


def test_the_network_with_asinh_is_the_other_one_on_what_it_sees():
    keras.utils.set_random_seed(0)
    plain = build_backbone(TINY)
    other = build_backbone(Architecture((8,), 8, 4, (8,), "asinh"))
    other.set_weights(plain.get_weights())
    seen = {**INPUTS, "light_curve": shown(AsinhInput())}
    np.testing.assert_allclose(
        other.predict_on_batch(INPUTS), plain.predict_on_batch(seen), atol=1e-6
    )


def test_more_padding_changes_nothing():
    keras.utils.set_random_seed(0)
    whole = network("asinh", swapped=True)
    longer = np.pad(LIGHT_CURVES, ((0, 0), (0, 9), (0, 0)))
    np.testing.assert_allclose(
        whole.predict_on_batch({**INPUTS, "light_curve": longer}),
        whole.predict_on_batch(INPUTS),
        atol=1e-6,
    )
