"""Hidden checks of `hypothesis(x, W, b)`: H(x) = W x + b, for an array and for one number."""

import numpy as np
import pytest

from course.judge.expect import require

from . import data, truth

EXERCISE = ("hypothesis",)


@pytest.mark.points(3)
@pytest.mark.explanatory("the formula itself; the checks of its terms say which is wrong")
def test_line_over_an_array(submission, rng):
    """For an array x, H(x) = W x + b gives one prediction for each number in x."""
    for m, times in ((7, 1), (5, -1)):
        x, _ = data.irregular(rng, m)
        W, b = data.start(rng, times)
        submission.hypothesis(x, W, b).should_be(truth.hypothesis(x, W, b))


@pytest.mark.points(1)
@pytest.mark.explanatory("tells a wrong W from a wrong b")
def test_slope(submission, rng):
    """W is the slope: with b = 0 every prediction is W times its x."""
    x, _ = data.irregular(rng, 7)
    W, _ = data.start(rng)
    submission.hypothesis(x, W, 0.0).should_be(W * x)


@pytest.mark.points(1)
@pytest.mark.explanatory("tells a wrong b from a wrong W")
def test_intercept(submission, rng):
    """b lifts the whole line: with W = 0 every prediction is b."""
    x, _ = data.irregular(rng, 5)
    _, b = data.start(rng)
    submission.hypothesis(x, 0.0, b).should_be(0 * x + b)


@pytest.mark.points(1)
def test_single_number(submission, rng):
    """For a single number x the prediction is a single number."""
    for times in (1, -1):
        W, b = data.start(rng, times)
        x = round(float(rng.integers(2, 9)) + rng.uniform(0.2, 0.8), 2)
        submission.hypothesis(x, W, b).should_be(W * x + b)


@pytest.mark.points(1)
def test_number_types(submission, rng):
    """Whole numbers in x give the same as integers and in single precision: nothing is cut off."""
    x, y = data.whole(rng, 5)
    W, b = data.start(rng)
    integers = submission.hypothesis(x, W, b)
    floats = submission.hypothesis(data.single(x, y)[0], W, b).array(x.shape)
    differ = data.differ(floats, np.full_like(floats, floats[0]), rel=1e-3)
    require(differ, "Every prediction is the same.", call=integers.call)
    integers.should_be(floats, rel=3e-4)


@pytest.mark.points(1)
@pytest.mark.explanatory("names the change in place that number types trip over")
def test_input_untouched(submission, rng):
    """x is the same after the call as before it."""
    x, _ = data.irregular(rng, 7)
    data.unchanged(submission, "hypothesis", x, *data.start(rng)).array(x.shape)
