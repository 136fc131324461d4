"""Wrong programs for `hypothesis(x, W, b)`."""

# ruff: noqa: N802  (W and dW are names of the page)

import numpy as np

from course.judge.diagnosis import misconception as wrong

from .reference import quiet as print
from .reference import x


@wrong(
    "hypothesis",
    "Your line always passes through the origin: the prediction does not change when b does. "
    "Set W = 0 and look at what comes out: it should be b for every x.",
    rejected_by=(
        "test_hypothesis::test_line_over_an_array",
        "test_hypothesis::test_intercept",
        "test_hypothesis::test_single_number",
    ),
)
def line_without_b(x, W, b):
    return W * x


@wrong(
    "hypothesis",
    "Your prediction does not depend on W, so every line has the same slope. Try two different "
    "W with the same b and compare: which part of H(x) should have changed?",
    rejected_by=("test_hypothesis::test_line_over_an_array", "test_hypothesis::test_slope"),
)
def line_without_W(x, W, b):
    return x + b


@wrong(
    "hypothesis",
    "W and b have changed places: your line has slope b and height W. Set b = 0: the prediction "
    "at x = 0 should be 0 then, and yours is not.",
    rejected_by=("test_hypothesis::test_slope", "test_hypothesis::test_intercept"),
)
def W_and_b_swapped(x, W, b):
    return b * x + W


@wrong(
    "hypothesis",
    "You add b before you multiply, so b is multiplied by W as well. At x = 0 the prediction "
    "should be b whatever W is. Look at the order of the two operations on the page.",
    rejected_by=("test_hypothesis::test_line_over_an_array", "test_hypothesis::test_intercept"),
)
def b_inside_the_product(x, W, b):
    return W * (x + b)


@wrong(
    "hypothesis",
    "Your line is lowered by b where it should be lifted: at x = 0 you predict −b. Compare the "
    "sign in front of b with the formula on the page.",
    rejected_by=("test_hypothesis::test_line_over_an_array", "test_hypothesis::test_intercept"),
)
def b_subtracted(x, W, b):
    return W * x - b


@wrong(
    "hypothesis",
    "You square x, so the graph of your predictions is a curve. The model of this lab is a "
    "straight line: draw your predictions for x = 0 … 9 and look at their shape.",
    rejected_by=("test_hypothesis::test_line_over_an_array", "test_hypothesis::test_slope"),
)
def parabola(x, W, b):
    return W * x**2 + b


@wrong(
    "hypothesis",
    "You add all predictions up and return one number. Each x has a prediction of its own: for "
    "an array of m numbers an array of m numbers is asked for.",
    rejected_by=("test_hypothesis::test_line_over_an_array",),
)
def predictions_summed(x, W, b):
    return np.sum(W * x + b)


@wrong(
    "hypothesis",
    "You return the mean of the predictions, one number for all points. Each x has a prediction "
    "of its own; a mean belongs into the cost, one exercise later.",
    rejected_by=("test_hypothesis::test_line_over_an_array",),
)
def predictions_averaged(x, W, b):
    return np.mean(W * x + b)


@wrong(
    "hypothesis",
    "Your function gives None. If you see the right numbers on the screen, they were printed: "
    "what is printed is lost to the cells below, which need the value handed back.",
    rejected_by=("test_hypothesis::test_line_over_an_array", "test_hypothesis::test_single_number"),
)
def prediction_printed(x, W, b):
    print(W * x + b)


@wrong(
    "hypothesis",
    "For whole numbers in x your predictions are cut to whole numbers. An array made like x has "
    "x's number type, and an integer array cannot hold a fraction. Try x = np.array([1, 2, 3]) "
    "with W = 0.5.",
    rejected_by=("test_hypothesis::test_number_types",),
)
def predictions_in_an_array_like_x(x, W, b):
    predictions = np.zeros_like(x)
    predictions[...] = W * np.asarray(x) + b
    return predictions


@wrong(
    "hypothesis",
    "Your predictions are rounded. Rounding is for showing a number, not for computing with it: "
    "the slope of the cost is found from differences far smaller than what you cut off.",
    rejected_by=("test_hypothesis::test_line_over_an_array",),
)
def predictions_rounded(x, W, b):
    return np.round(W * x + b, 2)


@wrong(
    "hypothesis",
    "You cut x to whole numbers before you use it: x = 2.9 is treated like 2. The lab's own x "
    "happen to be whole, so nothing shows there.",
    rejected_by=("test_hypothesis::test_line_over_an_array", "test_hypothesis::test_single_number"),
)
def x_cut_to_whole_numbers(x, W, b):
    return W * np.asarray(x).astype(int) + b


@wrong(
    "hypothesis",
    "Your predictions stand in a column, shape (m, 1), while y lies in a row, shape (m,). "
    "Subtracting them gives an m × m table without any error message. Print the shape of your "
    "result beside the shape of x.",
    rejected_by=("test_hypothesis::test_line_over_an_array",),
)
def predictions_in_a_column(x, W, b):
    return np.reshape(W * x + b, (-1, 1))


@wrong(
    "hypothesis",
    "Your function goes through x element by element, so it fails when x is a single number, as "
    "when you predict for one new x. NumPy multiplies a whole array, or a single number, at once.",
    rejected_by=("test_hypothesis::test_single_number",),
)
def only_for_arrays(x, W, b):
    return np.array([W * each + b for each in x])


@wrong(
    "hypothesis",
    "Your function changes the x it is given: after the call the caller's data hold predictions. "
    "`*=` and `+=` write into an array; make a new one instead. Print x before and after a call.",
    rejected_by=("test_hypothesis::test_input_untouched",),
)
def x_overwritten(x, W, b):
    x *= W
    x += b
    return x


@wrong(
    "hypothesis",
    "Your function uses the notebook's x and not the one that it is handed. It gives the same ten "
    "predictions whatever you pass in. Compare the names in the body with those in the `def` line.",
    rejected_by=("test_hypothesis::test_line_over_an_array", "test_hypothesis::test_single_number"),
)
def notebook_x(inputs, W, b):
    return W * x + b


@wrong(
    "hypothesis",
    "You return the slope term and b as two separate things. A prediction is their sum: one "
    "number for each x.",
    rejected_by=("test_hypothesis::test_line_over_an_array", "test_hypothesis::test_single_number"),
)
def terms_not_added(x, W, b):
    return W * x, b
