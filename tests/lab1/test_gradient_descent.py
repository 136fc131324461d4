"""Hidden checks of `gradient_descent(x, y, W, b, learning_rate, steps)`: (W, b, history).

A loop can only be tried through the functions that it calls. Where one of them is wrong, grading
lends it a right one and asks again.
"""

import math

import pytest

from course.judge.expect import close, require

from . import data, truth

EXERCISE = ("hypothesis", "gradient", "update", "cost", "gradient_descent")


def problem(rng, m, fraction):
    """Data, a start, and a learning rate that is this fraction of the critical one."""
    x, y = data.irregular(rng, m)
    return (x, y, *data.start(rng), fraction * truth.critical_rate(x))


def costs(history, steps):
    """The history as `steps` numbers that are not all the same."""
    found = history.numbers(steps)
    require(
        data.differ(found[0], found[-1]), "The history never changes.", call=history.call, got=found
    )
    return found


def reads_the_points(submission, x, y, *case):
    """Fail the check when descent leads to the same place on other points."""
    here = submission.gradient_descent(x, y, *case).parts(3)
    there = submission.gradient_descent(x + 1, y - 2, *case).parts(3)
    places = [(W.number(), b.number()) for W, b, _ in (here, there)]
    sentence = "Any points lead to the same place."
    require(data.differ(*places), sentence, call=there[0].call, got=places[1])


@pytest.mark.points(3)
@pytest.mark.explanatory("credit for a right step, whatever the loop")
def test_one_step(submission, rng):
    """One step takes W and b, from the start that was given, against the gradient at that start."""
    case = (*problem(rng, 7, 0.41), 1)
    W, b, _ = submission.gradient_descent(*case).parts(3)
    reached = W.number(), b.number()
    require(
        close(reached, truth.descent(*case)[:2]),
        "After one step W and b are not where the learning rate times the gradient takes them.",
        call=W.call,
        expected=truth.descent(*case)[:2],
        got=reached,
    )


@pytest.mark.points(3)
@pytest.mark.explanatory("credit for the right way, whatever the history")
def test_several_steps(submission, rng):
    """Several steps end at the W and b where simultaneous updates lead, each from the last."""
    case = (*problem(rng, 5, 0.63), 4)
    W, b, _ = submission.gradient_descent(*case).parts(3)
    reached = W.number(), b.number()
    require(
        close(reached, truth.descent(*case)[:2]),
        "After several steps W and b are not where gradient descent takes them.",
        call=W.call,
        expected=truth.descent(*case)[:2],
        got=reached,
    )


@pytest.mark.points(3)
@pytest.mark.explanatory("credit for the right costs; its length and its end say more")
def test_history(submission, rng):
    """The history holds the cost after each of the steps, in order."""
    for m in (7, 5):
        case = (*problem(rng, m, 0.63), 5)
        _, _, history = submission.gradient_descent(*case).parts(3)
        found = costs(history, 5)
        require(
            close(found, truth.descent(*case)[2]),
            "The history does not hold the costs of the places that the steps lead to.",
            call=history.call,
            expected=truth.descent(*case)[2],
            got=found,
        )


@pytest.mark.points(2)
@pytest.mark.explanatory("tells a history that is too long or too short")
def test_history_length(submission, rng):
    """The history has one number for each step; with no steps it is empty, and W, b the start."""
    x, y, W, b, rate = problem(rng, 7, 0.22)
    costs(submission.gradient_descent(x, y, W, b, rate, 4).parts(3)[2], 4)
    new_W, new_b, history = submission.gradient_descent(x, y, W, b, rate, 0).parts(3)
    history.numbers(0)
    new_W.should_be(W)
    new_b.should_be(b)


@pytest.mark.points(2)
@pytest.mark.explanatory("tells costs of other places than those reached")
def test_history_belongs_to_the_path(submission, rng):
    """history[-1] is the cost of the W and b that are returned, after 3 steps as after 5."""
    x, y, *start, rate = problem(rng, 7, 0.35)
    five = submission.gradient_descent(x, y, *start, rate, 5).parts(3)
    three = submission.gradient_descent(x, y, *start, rate, 3).parts(3)
    seen = costs(five[2], 5)
    for (W, b, history), steps in ((five, 5), (three, 3)):
        history.numbers(steps)
        here, entry = (W.number(), b.number()), seen[steps - 1]
        require(data.differ(here, start), "The steps move nothing.", call=W.call, got=here)
        sentence = "An entry of the history is not the cost after that step."
        price = truth.cost(x, y, *here)
        require(close(entry, price), sentence, call=W.call, expected=price, got=entry)


@pytest.mark.points(2)
@pytest.mark.explanatory("tells a rate or a start that is not used")
def test_learning_rate_and_start(submission, rng):
    """With learning rate 0 the start that was given is also the end; with any other both move."""
    x, y, W, b, rate = problem(rng, 7, 0.2)
    new_W, new_b, _ = submission.gradient_descent(x, y, W, b, 0.0, 3).parts(3)
    new_W.should_be(W)
    new_b.should_be(b)
    new_W, new_b, _ = submission.gradient_descent(x, y, W, b, rate, 1).parts(3)
    moved = data.differ(new_W.number(), W) and data.differ(new_b.number(), b)
    require(moved, "A step with a rate above 0 moves nothing.", call=new_W.call)
    reads_the_points(submission, x, y, W, b, rate, 1)


@pytest.mark.points(1)
@pytest.mark.explanatory("credit for steps that all follow one rule")
def test_in_two_goes(submission, rng):
    """Two steps, and three more from where they end, lead where five steps lead."""
    x, y, W, b, rate = problem(rng, 5, 0.31)
    whole = submission.gradient_descent(x, y, W, b, rate, 5).parts(3)
    first = submission.gradient_descent(x, y, W, b, rate, 2).parts(3)
    half = first[0].number(), first[1].number()
    require(data.differ(half, (W, b)), "The steps move nothing.", call=first[0].call, got=half)
    second = submission.gradient_descent(x, y, *half, rate, 3).parts(3)
    second[0].should_be(whole[0].number())
    second[1].should_be(whole[1].number())
    second[2].should_be(costs(whole[2], 5)[2:])
    reads_the_points(submission, x, y, W, b, rate, 5)


@pytest.mark.points(1)
@pytest.mark.explanatory("tells what is kept between calls")
def test_called_twice(submission, rng):
    """Called again with the same arguments it gives the same: nothing is kept between calls."""
    x, y, W, b, rate = problem(rng, 7, 0.27)
    first = submission.gradient_descent(x, y, W, b, rate, 4).parts(3)
    again = submission.gradient_descent(x, y, W, b, rate, 4).parts(3)
    for i in (0, 1):
        again[i].should_be(first[i].number())
    again[2].should_be(costs(first[2], 4))


@pytest.mark.points(1)
def test_inputs_untouched(submission, rng):
    """x and y are the same after the call as before it."""
    arguments = (*problem(rng, 7, 0.2), 3)
    costs(data.unchanged(submission, "gradient_descent", *arguments).parts(3)[2], 3)


@pytest.mark.points(1)
def test_number_types(submission, rng):
    """Whole numbers, in the data and at the start, lead the same way as integers and as floats."""
    x, y = data.whole(rng, 5)
    rate = 0.4 * truth.critical_rate(x)
    integers = submission.gradient_descent(x, y, 1, -2, rate, 4).parts(3)
    as_floats = x.astype(float), y.astype(float), 1.0, -2.0, rate, 4
    floats = submission.gradient_descent(*as_floats).parts(3)
    reached = integers[0].number(), integers[1].number()
    require(data.differ(reached, (1, -2)), "The steps move nothing.", call=integers[0].call)
    right = close(reached, (floats[0].number(), floats[1].number()))
    require(right, "The type of the numbers changes where descent ends.", call=integers[0].call)
    integers[2].should_be(costs(floats[2], 4))
    reads_the_points(submission, *as_floats)


@pytest.mark.points(2)
def test_reaches_the_best_line(submission, rng):
    """A little below the critical learning rate enough steps reach the least-squares line.

    The line is NIST's certified one for the Norris data, carried over to standardised x, where 80
    steps are enough; the course's own tests hold `lstsq` to it.
    """
    x, mean, sd = data.standardised(data.NORRIS_X)
    best = data.NORRIS_W * sd, data.NORRIS_B + data.NORRIS_W * mean
    run = (x, data.NORRIS_Y, *data.start(rng), 0.9 * truth.critical_rate(x), 80)
    W, b, history = submission.gradient_descent(*run).parts(3)
    history.numbers(80)
    reached = W.number(), b.number()
    sentence = "After many steps W and b are not those of the least-squares line."
    require(close(reached, best), sentence, call=W.call, expected=best, got=reached)


@pytest.mark.points(2)
def test_too_large_a_rate_diverges(submission, rng):
    """A little above the critical learning rate the cost grows and grows: follow it all the way.

    Few steps and a wide tolerance, because a right gradient by differences loses digits up there.
    """
    x, y, W, b, rate = problem(rng, 7, rng.uniform(1.14, 1.19))
    new_W, new_b, history = submission.gradient_descent(x, y, W, b, rate, 30).parts(3)
    last = history.numbers(30)[-1]
    sentence = "The cost does not grow, although the learning rate is above the critical one."
    grown = last > 10 * truth.cost(x, y, W, b)
    require(grown, sentence, call=history.call, got=history.raw)
    reached, want = (new_W.number(), new_b.number()), truth.descent(x, y, W, b, rate, 30)
    sentence = "The cost grows, but W and b do not go where the steps lead."
    right = close(reached, want[:2], rel=1e-3)
    require(right, sentence, call=new_W.call, expected=want[:2], got=reached)
    sentence = "The last cost of the history is not that of the W and b that are returned."
    require(
        close(last, truth.cost(x, y, *reached)),
        sentence,
        call=history.call,
        expected=want[2][-1],
        got=last,
    )


@pytest.mark.points(1)
def test_overflow(submission, rng):
    """Far above the critical rate the numbers overflow: do all the steps and hide no inf or nan.

    A gradient by differences comes to rest on the way, where a tiny step is lost in rounding.
    """
    x, y, W, b, rate = problem(rng, 5, 1000)
    _, _, history = submission.gradient_descent(x, y, W, b, rate, 60).parts(3)
    entries = history.parts(60)
    first, second = entries[0].number(), entries[1].number()
    require(second > 10 * first > 0, "The cost does not grow from step to step.", call=history.call)
    elsewhere = submission.gradient_descent(x + 1, y - 2, W, b, rate, 1).parts(3)[2]
    differ = data.differ(first, elsewhere.numbers(1)[0])
    require(differ, "Any points have the same cost.", call=elsewhere.call)
    last = entries[-1].any_number()
    kept = not math.isfinite(last) or 1e15 < last < 1e300
    sentence = "The cost does not stay as large as it became: something stands in for inf or nan."
    require(kept, sentence, call=history.call, got=last)
