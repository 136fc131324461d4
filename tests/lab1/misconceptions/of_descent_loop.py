"""Wrong programs for `gradient_descent(…)`: the loop repeats itself, or runs too long or short."""

from course.judge.diagnosis import misconception as wrong

from .reference import cost, gradient, update

ONE = "test_gradient_descent::test_one_step"
PATH = "test_gradient_descent::test_several_steps"
HISTORY = "test_gradient_descent::test_history"
LENGTH = "test_gradient_descent::test_history_length"
GOES = "test_gradient_descent::test_in_two_goes"
BEST = "test_gradient_descent::test_reaches_the_best_line"
LARGE = "test_gradient_descent::test_too_large_a_rate_diverges"
OVERFLOW = "test_gradient_descent::test_overflow"


@wrong(
    "gradient_descent",
    "Your gradient is computed once, before the loop, so every step repeats the first one. The "
    "slope changes as W and b move: it has to be asked for again at each new place.",
    rejected_by=(PATH, HISTORY, GOES, BEST),
)
def gradient_before_the_loop(x, y, W, b, learning_rate, steps):
    dW, db = gradient(x, y, W, b)
    history = []
    for _ in range(steps):
        W, b = update(W, b, dW, db, learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Every round of your loop starts again from the first W and b, so ten steps lead no further "
    "than one. The new values have to take the place of the old ones.",
    rejected_by=(PATH, HISTORY, GOES, BEST),
)
def every_step_from_the_start(x, y, W, b, learning_rate, steps):
    new_W, new_b, history = W, b, []
    for _ in range(steps):
        new_W, new_b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, new_W, new_b))
    return new_W, new_b, history


@wrong(
    "gradient_descent",
    "Nothing moves: what `update` gives back is not kept, so W and b stay at the start and the "
    "history repeats one number. A function cannot change its caller's numbers; it returns new "
    "ones.",
    rejected_by=(ONE, PATH, HISTORY, BEST, LARGE),
)
def update_thrown_away(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your function ends after the first step: it returns in the first round of its loop. Look at "
    "how far the line with `return` is indented.",
    rejected_by=(PATH, HISTORY, LENGTH, BEST),
)
def returned_after_one_step(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
        return W, b, history
    return W, b, history


@wrong(
    "gradient_descent",
    "Your loop makes one step too few. `range(1, n)` leaves out two ends: count the rounds for "
    "steps = 3 on your fingers, or look at the length of the history.",
    rejected_by=(ONE, PATH, HISTORY, LENGTH),
)
def one_step_too_few(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(1, steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your loop makes one step too many: even with steps = 0 it moves. Count the rounds for "
    "steps = 3 on your fingers, or look at the length of the history.",
    rejected_by=(ONE, PATH, HISTORY, LENGTH),
)
def one_step_too_many(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps + 1):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "The number of steps has no effect: your loop always makes 100. Compare the body with the "
    "names in the `def` line, and try steps = 0.",
    rejected_by=(ONE, PATH, HISTORY, LENGTH),
)
def always_a_hundred_steps(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(100):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your loop makes one step for each data point, and not as many as asked for. Points and steps "
    "are two different numbers; every step uses all points.",
    rejected_by=(ONE, PATH, HISTORY, LENGTH),
)
def one_step_for_each_point(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(len(x)):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "The W and b that you return are those before the last step, while the history is of the new "
    "ones. With steps = 1 yours have not moved at all.",
    rejected_by=(ONE, PATH, GOES),
)
def parameters_before_the_last_step(x, y, W, b, learning_rate, steps):
    new_W, new_b, history = W, b, []
    for _ in range(steps):
        W, b = new_W, new_b
        new_W, new_b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, new_W, new_b))
    return W, b, history
