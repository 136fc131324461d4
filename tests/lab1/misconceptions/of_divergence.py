"""Wrong programs for `gradient_descent(…)`: cleverer than asked for, and so not what happens."""

import numpy as np

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
    "Your loop stops when the cost hardly changes any more. It is told how many steps to make; "
    "whoever asked for 80 expects 80 numbers in the history, also when the last ones are alike.",
    rejected_by=(BEST,),
)
def stops_on_a_plateau(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
        if len(history) > 1 and abs(history[-2] - history[-1]) < 1e-6:
            break
    return W, b, history


@wrong(
    "gradient_descent",
    "Your loop stops as soon as the cost rises. That hides divergence, and divergence is what we "
    "study here: let it run and look at the history on a log scale.",
    rejected_by=(LARGE, OVERFLOW),
)
def stops_when_the_cost_rises(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
        if len(history) > 1 and history[-1] > history[-2]:
            break
    return W, b, history


@wrong(
    "gradient_descent",
    "You take a step back whenever the cost rises, so a too large learning rate gets stuck where "
    "it should diverge. Follow every step, also upwards: that is what we study here.",
    rejected_by=(LARGE, OVERFLOW),
)
def refuses_to_rise(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        new_W, new_b = update(W, b, *gradient(x, y, W, b), learning_rate)
        if cost(x, y, new_W, new_b) <= cost(x, y, W, b):
            W, b = new_W, new_b
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "You halve the learning rate whenever the cost rises. A clever rescue, but it hides what a too "
    "large rate does, and the rate is no longer the one that was asked for.",
    rejected_by=(LARGE,),
)
def rate_halved_when_the_cost_rises(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
        if len(history) > 1 and history[-1] > history[-2]:
            learning_rate = learning_rate / 2
    return W, b, history


@wrong(
    "gradient_descent",
    "You return the best W and b that were met, not those of the last step. When descent diverges "
    "the two differ, and the last entry of the history no longer belongs to your line.",
    rejected_by=(LARGE,),
)
def best_parameters_kept(x, y, W, b, learning_rate, steps):
    best, history = (W, b), []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
        if history[-1] == min(history):
            best = W, b
    return *best, history


@wrong(
    "gradient_descent",
    "You limit the gradient to ±10. Steep places are to be left in long steps, and a too large "
    "rate must be seen to diverge; a limit hides it.",
    rejected_by=(LARGE,),
)
def gradient_limited(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        dW, db = np.clip(gradient(x, y, W, b), -10, 10)
        W, b = update(W, b, dW, db, learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "You keep W and b between −1000 and 1000. A too large rate must be seen to diverge; a limit "
    "hides it.",
    rejected_by=(LARGE, OVERFLOW),
)
def parameters_limited(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        W, b = np.clip(W, -1000, 1000), np.clip(b, -1000, 1000)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "You replace inf and nan by ordinary numbers. Overflow is the honest result of a rate that is "
    "far too large; hidden, it looks like an answer.",
    rejected_by=(OVERFLOW,),
)
def overflow_hidden(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = np.nan_to_num(update(W, b, *gradient(x, y, W, b), learning_rate))
        history.append(float(np.nan_to_num(cost(x, y, W, b))))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your loop ends when the cost overflows, so the history is too short. Divergence is a result "
    "here and not an error: make all the steps.",
    rejected_by=(OVERFLOW,),
)
def stops_at_overflow(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        if not np.isfinite(cost(x, y, W, b)):
            break
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your learning rate shrinks from step to step: each is divided by the number of the step. The "
    "steps become shorter by themselves as the slope does; the rate stays what it is.",
    rejected_by=(PATH, HISTORY, GOES, BEST, LARGE),
)
def rate_shrinks(x, y, W, b, learning_rate, steps):
    history = []
    for k in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate / (k + 1))
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your steps remember the ones before them: that is momentum, a relative that comes later. Here "
    "each step depends on the gradient at the present place alone.",
    rejected_by=(PATH, HISTORY, GOES, BEST),
)
def momentum(x, y, W, b, learning_rate, steps):
    vW, vb, history = 0.0, 0.0, []
    for _ in range(steps):
        dW, db = gradient(x, y, W, b)
        vW, vb = 0.9 * vW + dW, 0.9 * vb + db
        W, b = update(W, b, vW, vb, learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Slopes pile up from step to step: the new gradient is added to all earlier ones before you "
    "move. Each step uses the gradient at the present place alone.",
    rejected_by=(PATH, HISTORY, GOES, BEST),
)
def gradients_pile_up(x, y, W, b, learning_rate, steps):
    sum_W, sum_b, history = 0.0, 0.0, []
    for _ in range(steps):
        dW, db = gradient(x, y, W, b)
        sum_W += dW
        sum_b += db
        W, b = update(W, b, sum_W, sum_b, learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "All your steps have the same length: the gradient is scaled to length 1. Near the bottom they "
    "should become shorter by themselves; yours jump to and fro over it.",
    rejected_by=(ONE, PATH, HISTORY, BEST),
)
def steps_of_one_length(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        slopes = np.array(gradient(x, y, W, b))
        W, b = update(W, b, *(slopes / np.linalg.norm(slopes)), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "You return the mean of all W and b along the way, not the last ones. The history's last entry "
    "belongs to the last ones.",
    rejected_by=(PATH, GOES),
)
def average_of_the_path(x, y, W, b, learning_rate, steps):
    path, history = [], []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        path.append((W, b))
        history.append(cost(x, y, W, b))
    mean_W, mean_b = np.mean(path, axis=0) if path else (W, b)
    return mean_W, mean_b, history
