"""What Lab 1's checks compare with: plain truth, held against certified values and itself."""

import numpy as np
import pytest
from lab1 import data, truth


def test_least_squares_gives_nists_certified_line() -> None:
    W, b = truth.fit(data.NORRIS_X, data.NORRIS_Y)
    assert pytest.approx(data.NORRIS_W, rel=1e-12) == W
    assert pytest.approx(data.NORRIS_B, rel=1e-9) == b


def test_the_labs_own_numbers() -> None:
    W, b = truth.fit(data.LAB_X, data.LAB_Y)
    assert pytest.approx(1.1151515151515152) == W
    assert pytest.approx(0.5818181818181818) == b
    assert truth.cost(data.LAB_X, data.LAB_Y, W, b) == pytest.approx(0.58060606)
    assert truth.critical_rate(data.LAB_X) == pytest.approx(0.03422590)


@pytest.mark.parametrize("rate", [1e-5, 0.001, 0.0054, 0.03, 0.0341, 0.035])
def test_excess_is_what_descent_does(rate: float) -> None:
    x, y = data.LAB_X, data.LAB_Y
    least = truth.cost(x, y, *truth.fit(x, y))
    *_, costs = truth.descent(x, y, 0.0, 0.0, rate, 200)
    excess = truth.excess(x, y, 0.0, 0.0, rate, 200)
    assert excess[0] + least == pytest.approx(truth.cost(x, y, 0.0, 0.0))
    np.testing.assert_allclose(excess[1:] + least, costs, rtol=1e-9)


def test_the_gradient_is_the_slope_of_the_cost() -> None:
    x, y = data.irregular(np.random.default_rng(1), 7)
    by_differences = truth.slope(lambda W, b: truth.cost(x, y, W, b), 0.7, -1.3)
    assert truth.gradient(x, y, 0.7, -1.3) == pytest.approx(by_differences, rel=1e-8)


@pytest.mark.parametrize("m", [5, 7])
def test_inputs_avoid_the_blind_spots_whatever_the_seed(m: int) -> None:
    for seed in range(300):
        rng = np.random.default_rng(seed)
        x, y = data.irregular(rng, m)
        W, b = data.start(rng)
        residual = truth.hypothesis(x, W, b) - y
        whole = x == np.rint(x)
        assert len(set(x)) == m
        assert x.all(), "a point has no say in dW"
        assert abs(x.mean()) > 1, "x is centred"
        assert np.ptp(residual) > 1, "residuals are constant"
        assert whole.any()
        assert not whole.all(), "x is of one kind"
        assert min(abs(W), abs(b)) > 0.3, "the start is (0, 0)"
        assert np.abs(truth.gradient(x, y, W + 2, b + 1)).min() > 1e-3
        assert abs(truth.critical_rate(x) - truth.critical_rate(data.LAB_X)) > 1e-3


def test_whole_numbers_are_whole_and_their_mean_is_not() -> None:
    for seed in range(100):
        x, y = data.whole(np.random.default_rng(seed), 5)
        assert x.dtype == y.dtype == np.int64
        assert x.mean() != np.rint(x.mean())
