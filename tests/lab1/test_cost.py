"""Hidden checks of `cost(x, y, W, b)`: the mean of the squared residuals, one number.

The value is demanded once, exactly; what the other checks demand holds for many wrong costs too,
and tells the student which of the three words, mean, squared, residuals, is the one to look at.
"""

import numpy as np
import pytest

from course.judge.expect import require

from . import data, truth

EXERCISE = ("hypothesis", "cost")


@pytest.mark.points(5)
def test_mean_of_squared_residuals(submission, rng):
    """The cost is the mean of the squared residuals: (1/m) Σ (W x + b − y)², without a ½."""
    for m, times in ((7, 1), (5, 1), (5, -1000)):  # from far off, too: nothing is clipped
        x, y = data.irregular(rng, m)
        W, b = data.start(rng, times)
        submission.cost(x, y, W, b).should_be(truth.cost(x, y, W, b))


@pytest.mark.points(2)
@pytest.mark.explanatory("credit for residuals, whatever is made of them")
def test_zero_on_a_perfect_line(submission, rng):
    """The cost is 0 when the line meets every point, and more than 0 when it does not."""
    x, _ = data.irregular(rng, 5)
    W, b = data.start(rng)
    y = W * x + b
    submission.cost(x, y, W, b).should_be(0.0, abs=1e-9)
    off = submission.cost(x, y, W - 0.3, b + 0.8)
    sentence = "A line that misses the points costs nothing."
    require(off.number() > 0.01, sentence, call=off.call, got=off.raw)
    # the same residuals, on the line as it was: who never looks at the points sees no difference
    off = submission.cost(x, y + 0.3 * x - 0.8, W, b)
    require(off.number() > 0.01, sentence, call=off.call, got=off.raw)
    for one_off in y + 2 * np.eye(5):
        off = submission.cost(x, one_off, W, b)
        sentence = "One point that the line misses costs nothing."
        require(off.number() > 0.01, sentence, call=off.call, got=off.raw)


@pytest.mark.points(1)
@pytest.mark.explanatory("credit for residuals that cannot cancel")
def test_above_and_below(submission, rng):
    """Points above the line and points below it never cancel: each of them adds to the cost."""
    x, y = data.irregular(rng, 7)
    W, b = truth.fit(x, y)
    here, worse = submission.cost(x, y, W, b), submission.cost(x, y, W + 1, b + 1)
    sentence = "Residuals above and below the line cancel in your cost."
    require(here.number() > 1e-4, sentence, call=here.call, got=here.raw)
    sentence = "A worse line does not cost more."
    grows = worse.number() > 1.001 * here.number()
    require(grows, sentence, call=worse.call, got=worse.raw)
    # the same residuals, on the line as it was: who never looks at the points sees no difference
    worse = submission.cost(x, y - x - 1, W, b)
    grows = worse.number() > 1.001 * here.number()
    require(grows, sentence, call=worse.call, got=worse.raw)


@pytest.mark.points(2)
@pytest.mark.explanatory("credit for squares, whatever their factor")
def test_twice_as_far(submission, rng):
    """Points that lie twice as far from the line cost four times as much."""
    x, y = data.irregular(rng, 5)
    W, b = data.start(rng)
    line = W * x + b
    costs = {}
    for times in map(int, rng.permutation([1, 2, 4])):  # in an order that nobody can count on
        costs[times] = submission.cost(x, line + times * (y - line), W, b)
    near = costs[1]
    require(near.number() != 0, "The cost of these points is not 0.", call=near.call, got=near.raw)
    for times in (2, 4):  # with abs=0: what is tiny is not thereby right
        costs[times].should_be(times**2 * near.number(), abs=0)


@pytest.mark.points(2)
@pytest.mark.explanatory("credit for a mean, of whatever")
def test_more_data(submission, rng):
    """The same points handed in twice cost as much as once: a mean does not grow with m."""
    x, y = data.irregular(rng, 7)
    W, b = data.start(rng)
    once, other = submission.cost(x, y, W, b), submission.cost(x, y, W - 1, b)
    differ = data.differ(once.number(), other.number())
    require(differ, "Two lines cost the same.", call=other.call)
    elsewhere = submission.cost(x + 1, y - 2, W, b)
    differ = data.differ(once.number(), elsewhere.number())
    require(differ, "Any points cost the same.", call=elsewhere.call)
    # a mean is of all of them, the nearest point as well as the furthest one
    residuals = y - (W * x + b)
    for point in (np.abs(residuals).argmin(), np.abs(residuals).argmax()):
        moved = y.copy()
        moved[point] += np.copysign(3, residuals[point])
        other = submission.cost(x, moved, W, b)
        differ = data.differ(once.number(), other.number())
        require(differ, "One of the points has no say in your cost.", call=other.call)
    submission.cost(np.tile(x, 2), np.tile(y, 2), W, b).should_be(once.number(), abs=0)


@pytest.mark.points(1)
def test_number_types(submission, rng):
    """Whole numbers cost the same as integers and in single precision: nothing is cut off."""
    x, y = data.whole(rng, 5)
    W, b = data.start(rng)
    integers, floats = submission.cost(x, y, W, b), submission.cost(*data.single(x, y), W, b)
    require(integers.number() != 0, "The cost of these points is not 0.", call=integers.call)
    elsewhere = submission.cost(x + 1, y - 2, W, b)
    differ = data.differ(integers.number(), elsewhere.number(), rel=1e-3)
    require(differ, "Any points cost the same.", call=elsewhere.call)
    integers.should_be(floats.number(), rel=3e-4, abs=0)


@pytest.mark.points(1)
@pytest.mark.explanatory("names the change in place that number types trip over")
def test_inputs_untouched(submission, rng):
    """x and y are the same after the call as before it, and another line costs something else."""
    x, y = data.irregular(rng, 7)
    W, b = data.start(rng)
    here = data.unchanged(submission, "cost", x, y, W, b)
    there = submission.cost(x, y, W + 0.5, b)
    sentence = "Your cost is the same for every line."
    differ = data.differ(here.number(), there.number())
    require(differ, sentence, call=there.call, got=there.raw)
