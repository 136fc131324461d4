"""Wrong programs for `gradient_descent(…)`: the line is right, what is handed back is not."""

# ruff: noqa: N802, B006  (W is a name of the page; a shared default is one of the mistakes)

import numpy as np

from course.judge.diagnosis import misconception as wrong

from .reference import cost, gradient, hypothesis, update

PATH = "test_gradient_descent::test_several_steps"
HISTORY = "test_gradient_descent::test_history"
LENGTH = "test_gradient_descent::test_history_length"
BELONGS = "test_gradient_descent::test_history_belongs_to_the_path"
TWICE = "test_gradient_descent::test_called_twice"


@wrong(
    "gradient_descent",
    "Your history is one step behind: each cost is noted before the update. history[0] is the "
    "cost at the start, and the cost of the line that you return is missing.",
    rejected_by=(HISTORY, BELONGS),
)
def cost_noted_before_the_update(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        history.append(cost(x, y, W, b))
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
    return W, b, history


@wrong(
    "gradient_descent",
    "Your history begins with the cost at the start, so it has one number too many. Here "
    "history[0] is the cost after the first update.",
    rejected_by=(HISTORY, LENGTH, BELONGS),
)
def history_with_the_start(x, y, W, b, learning_rate, steps):
    history = [cost(x, y, W, b)]
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "The last cost is missing from your history. history[-1] belongs to the W and b that you "
    "return: one number for every step.",
    rejected_by=(HISTORY, LENGTH, BELONGS),
)
def history_without_the_last(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history[:-1]


@wrong(
    "gradient_descent",
    "Your history stays empty. Where in the loop are the new W and b known? That is the place to "
    "note what they cost.",
    rejected_by=(HISTORY, LENGTH, BELONGS),
)
def history_empty(x, y, W, b, learning_rate, steps):
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
    return W, b, []


@wrong(
    "gradient_descent",
    "Your history holds only the last cost: a new list is begun in every round of the loop. Begin "
    "it once, before the loop.",
    rejected_by=(HISTORY, LENGTH, BELONGS),
)
def history_begun_in_the_loop(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history = [cost(x, y, W, b)]
    return W, b, history


@wrong(
    "gradient_descent",
    "You return the last cost where the list of all costs is asked for: one number for every step, "
    "so that the way down can be drawn.",
    rejected_by=(HISTORY, LENGTH, BELONGS),
)
def last_cost_only(x, y, W, b, learning_rate, steps):
    last = cost(x, y, W, b)
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        last = cost(x, y, W, b)
    return W, b, last


@wrong(
    "gradient_descent",
    "Your history runs backwards: the latest cost stands in front. Plotted, your descent seems to "
    "climb. The first entry is the cost after the first step.",
    rejected_by=(HISTORY, BELONGS),
)
def history_backwards(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.insert(0, cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your history holds pairs (W, b) where costs are asked for: one number for every step.",
    rejected_by=(HISTORY, LENGTH, BELONGS),
)
def history_of_parameters(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append((W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your history holds pairs of step number and cost. The place in the list is the step number "
    "already: only the costs are asked for.",
    rejected_by=(HISTORY, LENGTH, BELONGS),
)
def history_with_step_numbers(x, y, W, b, learning_rate, steps):
    history = []
    for k in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append((k, cost(x, y, W, b)))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your history holds the predictions of every step, an array each. Asked for is what they cost: "
    "one number for every step.",
    rejected_by=(HISTORY, LENGTH, BELONGS),
)
def history_of_predictions(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(hypothesis(x, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your history holds the values of W, not the costs. Plot it beside the cost of the line you "
    "return: which of the two should fall?",
    rejected_by=(HISTORY, BELONGS),
)
def history_of_W(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(W)
    return W, b, history


@wrong(
    "gradient_descent",
    "Your history holds the mean residual of every step, without the square: it can be negative, "
    "and it is near 0 long before the line fits. Your function `cost` from above is what to note.",
    rejected_by=(HISTORY, BELONGS),
)
def history_of_mean_residuals(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(np.mean(hypothesis(x, W, b) - y))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your history holds the sum of squares where the mean is asked for: each entry is m times the "
    "cost. Your function `cost` from above is what to note.",
    rejected_by=(HISTORY, BELONGS),
)
def history_of_sums(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(np.sum((hypothesis(x, W, b) - y) ** 2))
    return W, b, history


@wrong(
    "gradient_descent",
    "Each entry of your history is half the cost: the ½ of the lecture's simple case. The cost of "
    "this lab has none.",
    rejected_by=(HISTORY, BELONGS),
)
def history_of_half_costs(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b) / 2)
    return W, b, history


@wrong(
    "gradient_descent",
    "The costs in your history are rounded. Late in descent they differ by far less than what you "
    "cut off, and the log plot breaks off. Round when you print, not when you compute.",
    rejected_by=(HISTORY, BELONGS),
)
def history_rounded(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(round(float(cost(x, y, W, b)), 2))
    return W, b, history


@wrong(
    "gradient_descent",
    "Each cost in your history belongs to the new W with the old b: it is noted between the two "
    "assignments. Move both parameters, then note the cost.",
    rejected_by=(HISTORY, BELONGS),
)
def cost_noted_between_the_updates(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        dW, db = gradient(x, y, W, b)
        W = W - learning_rate * dW
        history.append(cost(x, y, W, b))
        b = b - learning_rate * db
    return W, b, history


@wrong(
    "gradient_descent",
    "Your history outlives the call: its list is made once, in the `def` line or outside of the "
    "function, and every later call goes on filling it. Call your function twice and look at the "
    "length of the second history.",
    rejected_by=(TWICE, BELONGS),
)
def history_shared_between_calls(x, y, W, b, learning_rate, steps, history=[]):
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "You return W and b without the history. Three things are asked for, in this order: W, b, and "
    "the list of costs.",
    rejected_by=(HISTORY, PATH),
)
def history_not_returned(x, y, W, b, learning_rate, steps):
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
    return W, b


@wrong(
    "gradient_descent",
    "You return the right three things in another order: the history comes last, after W and b.",
    rejected_by=(HISTORY, PATH),
)
def history_returned_first(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return history, W, b


@wrong(
    "gradient_descent",
    "W and b come back in the wrong order. Check the line with `return`: W first, then b, then the "
    "history.",
    rejected_by=(PATH, BELONGS),
)
def b_handed_back_first(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return b, W, history
