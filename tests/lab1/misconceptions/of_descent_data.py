"""Wrong programs for `gradient_descent(…)`: other sizes of step, other data, other numbers."""

import numpy as np

from course.judge.diagnosis import misconception as wrong

from .reference import cost, gradient, hypothesis, update, x, y
from .reference import quiet as print

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
    "Your steps are half as long as they should be: a gradient without its factor 2, or a halved "
    "rate, is at work inside. Compare one step with `update` and `gradient` called by hand.",
    rejected_by=(ONE, PATH, HISTORY),
)
def half_steps(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        residual = hypothesis(x, W, b) - y
        dW, db = np.mean(residual * x), np.mean(residual)
        W, b = W - learning_rate * dW, b - learning_rate * db
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your steps are twice as long as they should be: the factor 2 of the gradient is applied a "
    "second time, or each round of the loop moves twice as far as one update.",
    rejected_by=(ONE, PATH, HISTORY, BEST),
)
def double_steps(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), 2 * learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "The gradient inside your loop is a sum and not a mean, so steps grow with the number of "
    "points and descent explodes. Your function `gradient` from above divides already.",
    rejected_by=(ONE, PATH, HISTORY, BEST),
)
def steps_by_the_sum(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        residual = hypothesis(x, W, b) - y
        dW, db = 2 * np.sum(residual * x), 2 * np.sum(residual)
        W, b = W - learning_rate * dW, b - learning_rate * db
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "You divide the learning rate by the number of points. The gradient is a mean already, so your "
    "steps are m times too short.",
    rejected_by=(ONE, PATH, HISTORY, BEST),
)
def rate_divided_by_m(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate / len(x))
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your function follows the notebook's x and y and not the arrays that it is handed. Compare "
    "the names in the body with those in the `def` line.",
    rejected_by=(ONE, PATH, HISTORY, BEST, LARGE),
)
def descent_on_the_notebooks_data(inputs, targets, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your function standardises x inside and returns W and b for that other x. Scaling can be a "
    "good idea, but whoever calls you gets a line that does not fit the data handed in.",
    rejected_by=(ONE, PATH, HISTORY),
)
def x_standardised_inside(x, y, W, b, learning_rate, steps):
    x = (x - np.mean(x)) / np.std(x)
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your function centres x inside and returns the b of that other x. Whoever calls you gets a "
    "line that does not fit the data handed in.",
    rejected_by=(ONE, PATH, HISTORY),
)
def x_centred_inside(x, y, W, b, learning_rate, steps):
    x = x - np.mean(x)
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your W and b are the least-squares line at once, whatever start, rate and number of steps "
    "come in. The line is right, but this exercise asks for the path of descent towards it.",
    rejected_by=(ONE, PATH, START, LARGE),
)
def fitted_without_descent(x, y, W, b, learning_rate, steps):
    W, b = np.polyfit(x, y, 1)
    return W, b, [cost(x, y, W, b)] * steps


@wrong(
    "gradient_descent",
    "Each of your steps looks at a single point. That is stochastic descent, a relative that comes "
    "later; the gradient of this lab is the mean over all points, in every step.",
    rejected_by=(ONE, PATH, HISTORY, BEST),
)
def one_point_at_a_time(x, y, W, b, learning_rate, steps):
    history = []
    for k in range(steps):
        i = k % len(x)
        W, b = update(W, b, *gradient(x[i : i + 1], y[i : i + 1], W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "When the start is given as whole numbers your W and b are cut to whole numbers at every step: "
    "an array made from whole numbers can hold nothing else, and NumPy cuts without a word.",
    rejected_by=(WHOLE,),
)
def parameters_in_a_whole_number_array(x, y, W, b, learning_rate, steps):
    parameters, history = np.array([W, b]), []
    for _ in range(steps):
        parameters[:] = update(*parameters, *gradient(x, y, *parameters), learning_rate)
        history.append(cost(x, y, *parameters))
    return parameters[0], parameters[1], history


@wrong(
    "gradient_descent",
    "You round W and b after every step. Late steps are smaller than what you cut off, and then "
    "nothing moves any more. Round when you print, not when you compute.",
    rejected_by=(ONE, PATH, HISTORY),
)
def rounded_at_every_step(x, y, W, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        W, b = round(float(W), 3), round(float(b), 3)
        history.append(cost(x, y, W, b))
    return W, b, history


@wrong(
    "gradient_descent",
    "Your function gives None. If you see the right numbers on the screen, they were printed: "
    "what is printed is lost to the cells below, which need W, b and the history handed back.",
    rejected_by=(ONE, PATH, HISTORY, START, BEST, LARGE),
)
def descent_printed(x, y, W, b, learning_rate, steps):
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        print(W, b, cost(x, y, W, b))


@wrong(
    "gradient_descent",
    "Your function puts the caller's data in order. The fit is the same, but after the call x and "
    "y are not what they were. Work on copies if you must sort.",
    rejected_by=("test_gradient_descent::test_inputs_untouched",),
)
def data_sorted_in_place(x, y, W, b, learning_rate, steps):
    order = np.argsort(x)
    x[:], y[:] = x[order], y[order]
    history = []
    for _ in range(steps):
        W, b = update(W, b, *gradient(x, y, W, b), learning_rate)
        history.append(cost(x, y, W, b))
    return W, b, history
