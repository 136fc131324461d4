"""Hidden checks of `update(W, b, dW, db, learning_rate)`: one step downhill, (W, b)."""

import pytest

from course.judge.expect import require

from . import data, truth

EXERCISE = ("update",)


def slopes(rng):
    """A gradient whose components differ in size and sign: dW > 0 > db."""
    return round(rng.uniform(2, 5), 3), round(-rng.uniform(0.3, 0.9), 3)


@pytest.mark.points(2)
@pytest.mark.explanatory("credit for the direction, whatever the size")
def test_goes_downhill(submission, rng):
    """A step goes against the gradient: a positive slope makes its parameter smaller."""
    W, b = data.start(rng)
    dW, db = slopes(rng)
    sentence = "{} moves uphill, or not at all."
    for sign in map(int, rng.permutation([1, -1, 1, -1])):  # in an order that nobody can count on
        moved = submission.update(W, b, sign * dW, sign * db, 0.37)
        new_W, new_b = moved.pair()
        require(sign * new_W < sign * W, sentence.format("W"), call=moved.call, got=moved.raw)
        require(sign * new_b > sign * b, sentence.format("b"), call=moved.call, got=moved.raw)


@pytest.mark.points(3)
def test_step_size(submission, rng):
    """Each parameter moves by the learning rate times its own slope."""
    for times in (1, 1000, -1000):  # nothing is clipped
        dW, db = slopes(rng)
        step = (*data.start(rng, times), times * dW, times * db, abs(times) * 0.0371)
        submission.update(*step).should_be(truth.update(*step))


@pytest.mark.points(2)
@pytest.mark.explanatory("credit for a step in proportion to the rate")
def test_learning_rate(submission, rng):
    """With learning rate 0 nothing moves; with twice the rate both move twice as far."""
    W, b = data.start(rng)
    dW, db = slopes(rng)
    submission.update(W, b, dW, db, 0.0).should_be((W, b))
    moved = {}
    # uphill, too: who never looks at the slopes arrives at one place; and in an order that nobody
    # can count on
    for n in rng.permutation(4):
        sign, rate = 1 - 2 * int(n // 2), (0.23, 0.46)[n % 2]
        moved[sign, rate] = submission.update(W, b, sign * dW, sign * db, rate)
    for sign in (1, -1):
        once = moved[sign, 0.23]
        new_W, new_b = once.pair()
        moves = data.differ(new_W, W) and data.differ(new_b, b)
        require(moves, "A rate above 0 moves nothing.", call=once.call)
        moved[sign, 0.46].should_be((W + 2 * (new_W - W), b + 2 * (new_b - b)))
    sentence = "Any slopes lead to the same place."
    differ = data.differ(once.pair(), moved[1, 0.23].pair())
    require(differ, sentence, call=once.call, got=once.raw)


@pytest.mark.points(1)
def test_whole_numbers(submission, rng):
    """W and b given as whole numbers move as far as any others: nothing is cut off."""
    dW, db = slopes(rng)
    step = (dW, db, 0.13)
    integers, floats = submission.update(2, -3, *step), submission.update(2.0, -3.0, *step)
    require(
        data.differ(integers.pair(), (2, -3)), "A rate above 0 moves nothing.", call=integers.call
    )
    uphill = submission.update(2, -3, -dW, -db, 0.13)
    sentence = "Any slopes lead to the same place."
    require(data.differ(integers.pair(), uphill.pair()), sentence, call=uphill.call, got=uphill.raw)
    integers.should_be(floats.pair())
