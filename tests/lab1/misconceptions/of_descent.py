"""Wrong programs for `gradient_descent(…)`: the update inside goes another way."""

# ruff: noqa: N802  (W and dW are names of the page)

from course.judge.diagnosis import misconception as wrong

from .reference import cost, gradient, update

ONE = "test_gradient_descent::test_one_step"
PATH = "test_gradient_descent::test_several_steps"
HISTORY = "test_gradient_descent::test_history"
START = "test_gradient_descent::test_learning_rate_and_start"
GOES = "test_gradient_descent::test_in_two_goes"
BEST = "test_gradient_descent::test_reaches_the_best_line"
LARGE = "test_gradient_descent::test_too_large_a_rate_diverges"
WHOLE = "test_gradient_descent::test_number_types"


@wrong(
    "gradient_descent",
    "Your descent climbs: every step is added where it should be taken away, or the gradient "
    "inside has the wrong sign. Plot the history: it grows at every learning rate.",
    rejected_by=(ONE, PATH, HISTORY, BEST),
)
def climbs(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        dW, db = gradient(x, y, W, b)
        W, b = W + learning_rate * dW, b + learning_rate * db
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "b is updated with a gradient computed at the new W: W has moved before the slope of b was "
    "taken. Both slopes belong to the same point; compute the pair first, then move both.",
    rejected_by=(ONE, PATH, HISTORY),
)
def W_moves_first(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W = W - learning_rate * gradient(x, y, W, b)[0]
        b = b - learning_rate * gradient(x, y, W, b)[1]
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "W is updated with a gradient computed at the new b: b has moved before the slope of W was "
    "taken. Both slopes belong to the same point; compute the pair first, then move both.",
    rejected_by=(ONE, PATH, HISTORY),
)
def b_moves_first(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        b = b - learning_rate * gradient(x, y, W, b)[1]
        W = W - learning_rate * gradient(x, y, W, b)[0]
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your descent always begins at (0, 0): W and b are set inside, so the start that is handed in "
    "is lost. Call it from two different starts with steps = 0 and look.",
    rejected_by=(ONE, PATH, HISTORY, START, GOES),
)
def start_at_zero(x, y, W, b, learning_rate, steps):
    W, b, history = 0.0, 0.0, []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "W starts where it should, b always at 0: the b that is handed in is overwritten before the "
    "first step. Call it with steps = 0 and look.",
    rejected_by=(ONE, PATH, HISTORY, START, GOES),
)
def b_starts_at_zero(x, y, W, b, learning_rate, steps):
    b, history = 0.0, []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "The learning rate has no effect: each step takes away the whole gradient. With rate 0 nothing "
    "may move.",
    rejected_by=(ONE, PATH, HISTORY, START, BEST),
)
def descent_without_rate(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        dW, db = gradient(x, y, W, b)
        W, b = W - dW, b - db
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your steps always use 0.01, whatever learning rate comes in. It may be the right rate for one "
    "set of data, but your function is told which to use.",
    rejected_by=(ONE, PATH, HISTORY, START, BEST, LARGE),
)
def descent_at_one_hundredth(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), 0.01)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "W takes proper steps, b moves by its whole slope: the learning rate is missing in b's line.",
    rejected_by=(ONE, PATH, HISTORY, START),
)
def descent_with_rate_for_W_only(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        dW, db = gradient(x, y, W, b)
        W, b = W - learning_rate * dW, b - db
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Only W moves; b stays at its start. Your line can turn but not rise: both parameters take "
    "part in every step.",
    rejected_by=(ONE, PATH, HISTORY, START, BEST),
)
def only_W_moves(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W = update(W, b, *gradient(x, y, W, b), learning_rate)[0]
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Only b moves; W stays at its start. Your line can rise but not turn: both parameters take "
    "part in every step.",
    rejected_by=(ONE, PATH, HISTORY, START, BEST),
)
def only_b_moves(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        b = update(W, b, *gradient(x, y, W, b), learning_rate)[1]
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "You unpack the gradient in the wrong order, so W moves with the slope of b and b with that of "
    "W. Which of the two does `gradient` return first?",
    rejected_by=(ONE, PATH, HISTORY),
)
def slopes_unpacked_the_wrong_way(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        db, dW = gradient(x, y, W, b)
        W, b = update(W, b, dW, db, learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history
