"""Hidden checks of `slow_rate`, `good_rate`, `divergent_rate` and `critical_rate(x)`.

The three numbers are put to work: descent runs here, in the judge, on the lab's data from (0, 0)
for 1,000 steps, so that a wrong `gradient_descent` costs nothing in this exercise. With E for the
cost minus its least value:

- slow: E falls, and is still above 0.01 after 1,000 steps;
- good: E is at most 0.0001 after 1,000 steps;
- divergent: the cost after 1,000 steps is more than ten times the cost at the start.
"""

import pytest

from course.judge.expect import require

from . import data, truth

EXERCISE = ("critical_rate",)
STEPS = 1000


def run(submission, name):
    """Cost minus its least value along 1,000 steps at a rate that the student chose."""
    rate = submission.value(name).number()
    require(rate > 0, f"{name} is not a number above 0.", got=rate)
    return truth.excess(data.LAB_X, data.LAB_Y, 0.0, 0.0, rate, STEPS)


@pytest.mark.points(2)
def test_slow_rate(submission):
    """slow_rate lowers the cost, yet 1,000 steps from (0, 0) end more than 0.01 above the least."""
    excess = run(submission, "slow_rate")
    require(bool(excess[-1] < excess[0]), "slow_rate does not lower the cost.")
    require(bool(excess[-1] > 0.01), "slow_rate is not slow: 1,000 steps come close to the bottom.")


@pytest.mark.points(2)
def test_good_rate(submission):
    """With good_rate 1,000 steps from (0, 0) end at most 0.0001 above the least possible cost."""
    excess = run(submission, "good_rate")
    require(bool(excess[-1] < excess[0]), "With good_rate the cost grows: it is too large.")
    slow = "1,000 steps with good_rate do not reach the bottom: it is too small."
    require(bool(excess[-1] <= 1e-4), slow)


@pytest.mark.points(2)
def test_divergent_rate(submission):
    """With divergent_rate the cost after 1,000 steps is more than ten times that at (0, 0)."""
    excess = run(submission, "divergent_rate")
    least = truth.cost(data.LAB_X, data.LAB_Y, *truth.fit(data.LAB_X, data.LAB_Y))
    grown = excess[-1] + least > 10 * (excess[0] + least)
    require(bool(grown), "divergent_rate does not make the cost ten times as large.")


@pytest.mark.points(3)
def test_critical_rate(submission, rng):
    """critical_rate(x) is 2/λmax, with λmax the largest eigenvalue of the cost's Hessian for x."""
    for m, unit in ((7, 1), (5, 0.01)):  # of any size: nothing is clipped
        x = unit * data.irregular(rng, m)[0]
        submission.critical_rate(x).should_be(truth.critical_rate(x))


@pytest.mark.points(2)
@pytest.mark.explanatory("credit for a rate that is within five per cent")
def test_critical_rate_is_the_border(submission, rng):
    """Five per cent below critical_rate(x) descent on x falls, five per cent above it grows."""
    x, y = data.irregular(rng, 7)
    found = submission.critical_rate(x)
    critical = found.number()
    below, above = (truth.excess(x, y, *data.start(rng), critical * f, 400) for f in (0.95, 1.05))
    sentence = "Descent just {} critical_rate(x) does not {}."
    require(bool(below[-1] < below[0]), sentence.format("below", "fall"), call=found.call)
    require(bool(above[-1] > 10 * above[0]), sentence.format("above", "grow"), call=found.call)


@pytest.mark.points(1)
@pytest.mark.explanatory("credit for numbers of any type")
def test_number_types(submission, rng):
    """Whole numbers in x have one critical rate, as integers, in single precision, or mirrored."""
    x, y = data.whole(rng, 5)
    integers = submission.critical_rate(x)
    require(integers.number() > 0, "A critical rate is above 0.", call=integers.call)
    wider = submission.critical_rate(2 * x)
    differ = data.differ(integers.number(), wider.number(), rel=1e-3)
    require(differ, "Any x have the same rate.", call=wider.call)
    mirrored = -data.single(x, y)[0]
    submission.critical_rate(mirrored).should_be(integers.number(), rel=3e-4)
