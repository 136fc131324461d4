"""Wrong programs for `gradient(x, y, W, b)`: the right formula, lost on the way to two numbers."""

# ruff: noqa: N802  (W and dW are names of the page)

import numpy as np

from course.judge.diagnosis import misconception as wrong

from .reference import cost, hypothesis, x, y
from .reference import quiet as print

UPHILL = "test_gradient::test_points_uphill"
DW = "test_gradient::test_first_component"
DB = "test_gradient::test_second_component"
FLAT = "test_gradient::test_flat_at_the_best_line"
MORE = "test_gradient::test_more_data"
SLOPE = "test_gradient::test_slope_of_the_cost"


@wrong(
    "gradient",
    "You divide by 10 whatever data come in. Ten is the size of the lab's data, not of the data "
    "your function is handed. Where can it learn how many points there are?",
    rejected_by=(DW, DB, MORE),
)
def gradient_divided_by_ten(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.sum(residual * x) / 10, 2 * np.sum(residual) / 10


@wrong(
    "gradient",
    "You divide by m − 1. That belongs to the estimate of a variance; the cost is a mean over m "
    "points, and so is its slope. Hand the same data in twice: nothing should change.",
    rejected_by=(DW, DB, MORE),
)
def gradient_divided_by_m_minus_1(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.sum(residual * x) / (len(x) - 1), 2 * np.sum(residual) / (len(x) - 1)


@wrong(
    "gradient",
    "You divide by m twice: once by taking a mean, once more by hand. The slope becomes smaller "
    "the more data there are. Hand the same data in twice and watch it halve.",
    rejected_by=(DW, DB, MORE),
)
def gradient_divided_by_m_twice(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.mean(residual * x) / len(x), 2 * np.mean(residual) / len(x)


@wrong(
    "gradient",
    "You return a slope for every single point. The cost is a mean over the points, and so is its "
    "slope: two numbers in all. What is left to do with each of the two arrays?",
    rejected_by=(UPHILL, DW, DB),
)
def slopes_not_averaged(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * residual * x, 2 * residual


@wrong(
    "gradient",
    "Your components are rounded. Close to the best line the slopes become tiny, and rounded ones "
    "are 0 too early, so descent would stop short. Round when you print, not when you compute.",
    rejected_by=(SLOPE,),
)
def gradient_rounded(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    dW, db = 2 * np.mean(residual * x), 2 * np.mean(residual)
    return round(float(dW), 1), round(float(db), 1)


@wrong(
    "gradient",
    "Your components are cut to whole numbers: an array that begins with whole numbers, like "
    "np.array([0, 0]), can hold nothing else, and NumPy cuts without a word.",
    rejected_by=(DW, DB),
)
def gradient_in_an_integer_array(x, y, W, b):
    slopes = np.array([0, 0])
    slopes[0] = 2 * np.mean((hypothesis(x, W, b) - y) * x)
    slopes[1] = 2 * np.mean(hypothesis(x, W, b) - y)
    return slopes


@wrong(
    "gradient",
    "Your function uses the notebook's x and y and not the arrays that it is handed: it gives the "
    "same slopes for any data. Compare the names in the body with those in the `def` line.",
    rejected_by=(DW, DB, FLAT),
)
def gradient_of_the_notebooks_data(inputs, targets, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.mean(residual * x), 2 * np.mean(residual)


@wrong(
    "gradient",
    "Your function gives None. If you see the right numbers on the screen, they were printed: "
    "what is printed is lost to the cells below, which need the values handed back.",
    rejected_by=(UPHILL, DW, DB),
)
def gradient_printed(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    print(2 * np.mean(residual * x), 2 * np.mean(residual))


@wrong(
    "gradient",
    "You return dW alone. The cost depends on W and on b, so its gradient has two components, in "
    "the order dW, db.",
    rejected_by=(UPHILL, DW, DB),
)
def only_dW_returned(x, y, W, b):
    return 2 * np.mean((hypothesis(x, W, b) - y) * x)


@wrong(
    "gradient",
    "Your residuals form an m × m table: a column met a row, and every prediction was compared "
    "with every y. NumPy says nothing. Print the shape of your residuals: it should be (m,).",
    rejected_by=(DW, FLAT),
)
def gradient_of_a_table(x, y, W, b):
    residual = hypothesis(x, W, b).reshape(-1, 1) - y
    return 2 * np.mean(residual * x), 2 * np.mean(residual)


@wrong(
    "gradient",
    "Only the first point counts: your function ends in the first round of its loop. Look at how "
    "far the line with `return` is indented.",
    rejected_by=(DW, DB, FLAT),
)
def gradient_returned_in_the_loop(x, y, W, b):
    dW = db = 0.0
    for xi, yi in zip(x, y, strict=True):
        residual = hypothesis(xi, W, b) - yi
        dW += 2 * residual * xi / len(x)
        db += 2 * residual / len(x)
        return dW, db


@wrong(
    "gradient",
    "Only the last point counts: each round of the loop replaces what the rounds before it found. "
    "How do two totals grow?",
    rejected_by=(DW, DB, FLAT),
)
def slopes_replaced(x, y, W, b):
    for xi, yi in zip(x, y, strict=True):
        residual = hypothesis(xi, W, b) - yi
        dW = 2 * residual * xi / len(x)
        db = 2 * residual / len(x)
    return dW, db


@wrong(
    "gradient",
    "Your loop leaves out the last point, yet you divide by all m. `range(n)` already ends before "
    "n: print the index in your loop for three points.",
    rejected_by=(DW, DB, FLAT),
)
def gradient_without_the_last_point(x, y, W, b):
    dW = db = 0.0
    for i in range(len(x) - 1):
        residual = hypothesis(x[i], W, b) - y[i]
        dW += 2 * residual * x[i] / len(x)
        db += 2 * residual / len(x)
    return dW, db


@wrong(
    "gradient",
    "You limit the components to ±10. A steep place is a steep place: a too large learning rate "
    "must be seen to diverge, and a limit hides it.",
    rejected_by=(DW,),
)
def gradient_clipped(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return tuple(np.clip([2 * np.mean(residual * x), 2 * np.mean(residual)], -10, 10))


@wrong(
    "gradient",
    "You scale the gradient to length 1. Its length says how steep the cost is; without it the "
    "steps never become smaller on the way down, and descent circles around the best line.",
    rejected_by=(DW, DB),
)
def scaled_to_length_1(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    slopes = np.array([2 * np.mean(residual * x), 2 * np.mean(residual)])
    return slopes / np.linalg.norm(slopes)


@wrong(
    "gradient",
    "You multiply the gradient by a learning rate already. That belongs to the update, which would "
    "do it a second time. Compare with central differences of your cost.",
    rejected_by=(DW, DB),
)
def learning_rate_inside(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 0.01 * 2 * np.mean(residual * x), 0.01 * 2 * np.mean(residual)


@wrong(
    "gradient",
    "You take the difference over a wide step to one side only. On a parabola that is the slope of "
    "a chord beside the point. Look again at how central differences are formed.",
    rejected_by=(DW, DB, FLAT),
)
def one_sided_difference(x, y, W, b):
    h = 0.01
    here = cost(x, y, W, b)
    return (cost(x, y, W + h, b) - here) / h, (cost(x, y, W, b + h) - here) / h


@wrong(
    "gradient",
    "Your function changes the y it is given: after the call the caller's data hold residuals, and "
    "the next call gives another gradient. `-=` writes into an array; make a new one instead.",
    rejected_by=("test_gradient::test_inputs_untouched",),
)
def y_overwritten_by_gradient(x, y, W, b):
    y -= hypothesis(x, W, b)
    return -2 * np.mean(y * x), -2 * np.mean(y)


@wrong(
    "gradient",
    "Your function puts the caller's x in order before it computes. The y stay where they are, so "
    "points lose their partners. `sort()` works in place, on the caller's array.",
    rejected_by=("test_gradient::test_inputs_untouched", DW),
)
def x_sorted(x, y, W, b):
    x.sort()
    residual = hypothesis(x, W, b) - y
    return 2 * np.mean(residual * x), 2 * np.mean(residual)
