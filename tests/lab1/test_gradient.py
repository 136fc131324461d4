"""Hidden checks of `gradient(x, y, W, b)`: (dW, db), the slope of the cost.

Direction, flat point and size independence hold for a gradient that is wrong by a factor: whoever
only forgot the 2 keeps those points.
"""

import numpy as np
import pytest

from course.judge.expect import close, require

from . import data, truth

EXERCISE = ("hypothesis", "gradient")


@pytest.mark.points(4)
@pytest.mark.explanatory("credit for the direction, whatever the size")
def test_points_uphill(submission, rng):
    """The gradient points uphill: dW is positive where a larger W costs more, and so for db."""
    x, y = data.irregular(rng, 7)
    W, b = truth.fit(x, y)
    for step in map(int, rng.permutation([2, 1, -1, -2])):  # in an order that nobody can count on
        # the line moves, or the points do, for the same residuals: who never looks at the points
        # gives one sign for all of these
        away = submission.gradient(x, y, W + step, b + step / 2)
        moved = submission.gradient(x, y - step * x - step / 2, W, b)
        for found in (away, moved):
            dW, db = found.pair()
            sentence = "At one point of this check {} has the sign of a slope that falls."
            require(dW * step > 0, sentence.format("dW"), call=found.call, got=found.raw)
            require(db * step > 0, sentence.format("db"), call=found.call, got=found.raw)


@pytest.mark.points(4)
@pytest.mark.explanatory("tells which component is wrong, where the slope needs both")
def test_first_component(submission, rng):
    """dW is (2/m) Σ (W x + b − y) x."""
    for m in (7, 5):
        x, y = data.irregular(rng, m)
        W, b = data.start(rng)
        dW, _ = submission.gradient(x, y, W, b).parts(2)
        dW.should_be(truth.gradient(x, y, W, b)[0])


@pytest.mark.points(3)
@pytest.mark.explanatory("tells which component is wrong, where the slope needs both")
def test_second_component(submission, rng):
    """db is (2/m) Σ (W x + b − y)."""
    for m in (7, 5):
        x, y = data.irregular(rng, m)
        W, b = data.start(rng)
        _, db = submission.gradient(x, y, W, b).parts(2)
        db.should_be(truth.gradient(x, y, W, b)[1])


@pytest.mark.points(2)
@pytest.mark.explanatory("credit for a gradient that is right but for a factor")
def test_flat_at_the_best_line(submission, rng):
    """At the least-squares line both slopes are 0, and elsewhere they are not."""
    x, y = data.irregular(rng, 7)
    W, b = truth.fit(x, y)
    # on one side alone it could be of any size, and allow any at the best line; asked before or
    # after both, it could shrink or grow from call to call
    before, best, after = (submission.gradient(x, y, W + side, b + side) for side in (1, 0, -1))
    size = min(map(abs, (*before.pair(), *after.pair())))
    require(size > 1e-6, "The gradient is 0 at a line that is not the best.", call=after.call)
    best.should_be((0.0, 0.0), abs=1e-6 * size)


@pytest.mark.points(1)
@pytest.mark.explanatory("credit for a gradient that fits the student's own cost")
def test_slope_of_the_cost(submission, rng):
    """The gradient is the slope of the cost: the page's, or your own if yours is another."""
    x, y = data.irregular(rng, 5)
    W, b = data.start(rng)
    found = submission.gradient(x, y, W, b)
    if close(found.pair(), truth.slope(lambda W, b: truth.cost(x, y, W, b), W, b)):
        return
    own = truth.slope(lambda W, b: submission.cost(x, y, W, b).number(), W, b)
    require(min(map(abs, own)) > 1e-3, "Your cost is flat where it should not be.", got=own)
    moved = submission.gradient(x + 1, y - 2, W, b)
    differ = data.differ(found.pair(), moved.pair())
    require(differ, "Any points have the same gradient.", call=moved.call)
    found.should_be(own, rel=1e-5)


@pytest.mark.points(2)
@pytest.mark.explanatory("credit for a mean, of whatever")
def test_more_data(submission, rng):
    """The same points handed in twice have the same slope as once: a mean does not grow with m."""
    x, y = data.irregular(rng, 7)
    W, b = data.start(rng)
    once, other = submission.gradient(x, y, W, b), submission.gradient(x, y, W + 1, b + 1)
    differ = data.differ(once.pair(), other.pair())
    require(differ, "Two lines have the same gradient.", call=other.call)
    moved = submission.gradient(x + 1, y - 2, W, b)
    differ = data.differ(once.pair(), moved.pair())
    require(differ, "Any points have the same gradient.", call=moved.call)
    submission.gradient(np.tile(x, 2), np.tile(y, 2), W, b).should_be(once.pair(), abs=0)


@pytest.mark.points(1)
@pytest.mark.explanatory("credit for numbers of any type, whatever the formula")
def test_number_types(submission, rng):
    """Whole numbers have the same slope as integers and as floats: nothing is cut off.

    Not in single precision: there a right gradient by central differences is only noise.
    """
    x, y = data.whole(rng, 5)
    W, b = data.start(rng)
    integers = submission.gradient(x, y, W, b)
    floats = submission.gradient(x.astype(float), y.astype(float), W, b)
    size = min(map(abs, integers.pair()))
    require(size > 1e-6, "The gradient is 0 at a line that is not the best.", call=integers.call)
    moved = submission.gradient(x + 1, y - 2, W, b)
    differ = data.differ(integers.pair(), moved.pair())
    require(differ, "Any points have the same gradient.", call=moved.call)
    integers.should_be(floats.pair())


@pytest.mark.points(1)
@pytest.mark.explanatory("names the change in place that number types trip over")
def test_inputs_untouched(submission, rng):
    """x and y are the same after the call as before it."""
    data.unchanged(submission, "gradient", *data.irregular(rng, 7), *data.start(rng)).pair()
