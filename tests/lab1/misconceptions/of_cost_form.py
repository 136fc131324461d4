"""Wrong programs for `cost(x, y, W, b)`: the right formula, lost on the way to one number."""

import numpy as np

from course.judge.diagnosis import misconception as wrong

from .reference import hypothesis, x, y
from .reference import quiet as print

EXACT = "test_cost::test_mean_of_squared_residuals"
SIZES = "test_cost::test_number_types"


@wrong(
    "cost",
    "You return one squared residual for each point. The cost is a single number that says how "
    "good the whole line is: what is left to do with the m squares?",
    rejected_by=(EXACT, "test_cost::test_zero_on_a_perfect_line"),
)
def squares_not_averaged(x, y, W, b):
    return (hypothesis(x, W, b) - y) ** 2


@wrong(
    "cost",
    "Your residuals form an m × m table: a column met a row, and every prediction was compared "
    "with every y. NumPy says nothing. Print the shape of your residuals: it should be (m,).",
    rejected_by=(EXACT, "test_cost::test_zero_on_a_perfect_line"),
)
def column_against_row(x, y, W, b):
    predictions = hypothesis(x, W, b).reshape(-1, 1)
    return np.mean((predictions - y) ** 2)


@wrong(
    "cost",
    "Your cost is rounded. Near the bottom of the valley it changes by far less than what you cut "
    "off, so descent would seem to stand still. Round when you print, not when you compute.",
    rejected_by=(EXACT,),
)
def cost_rounded(x, y, W, b):
    return round(float(np.mean((hypothesis(x, W, b) - y) ** 2)), 2)


@wrong(
    "cost",
    "Your function gives None. If you see the right number on the screen, it was printed: what is "
    "printed is lost to the cells below, which need the value handed back.",
    rejected_by=(EXACT, "test_cost::test_zero_on_a_perfect_line"),
)
def cost_printed(x, y, W, b):
    print(np.mean((hypothesis(x, W, b) - y) ** 2))


@wrong(
    "cost",
    "You return the cost inside a list or an array of one. What is asked for is the number "
    "itself: the plots and the history need numbers.",
    rejected_by=(EXACT,),
)
def cost_in_a_list(x, y, W, b):
    return [np.mean((hypothesis(x, W, b) - y) ** 2)]


@wrong(
    "cost",
    "Your function uses the notebook's x and y and not the arrays that it is handed: it gives the "
    "same cost for any data. Compare the names in the body with those in the `def` line.",
    rejected_by=(EXACT, "test_cost::test_zero_on_a_perfect_line"),
)
def cost_of_the_notebooks_data(inputs, targets, W, b):
    return np.mean((hypothesis(x, W, b) - y) ** 2)


@wrong(
    "cost",
    "Your loop leaves out the last point, yet you divide by all m. `range(n)` already ends before "
    "n: print the index in your loop for three points.",
    rejected_by=(EXACT,),
)
def last_point_left_out(x, y, W, b):
    total = 0.0
    for i in range(len(x) - 1):
        total += (hypothesis(x[i], W, b) - y[i]) ** 2
    return total / len(x)


@wrong(
    "cost",
    "Your loop starts at the second point, yet you divide by all m. In Python the first index "
    "is 0: print the index in your loop for three points.",
    rejected_by=(EXACT,),
)
def first_point_left_out(x, y, W, b):
    total = 0.0
    for i in range(1, len(x)):
        total += (hypothesis(x[i], W, b) - y[i]) ** 2
    return total / len(x)


@wrong(
    "cost",
    "Only the first point counts in your cost: your function ends in the first round of its loop. "
    "Look at how far the line with `return` is indented.",
    rejected_by=(EXACT,),
)
def cost_returned_in_the_loop(x, y, W, b):
    total = 0.0
    for i in range(len(x)):
        total += (hypothesis(x[i], W, b) - y[i]) ** 2
        return total / len(x)


@wrong(
    "cost",
    "Only the last point counts in your cost: each round of the loop replaces what the rounds "
    "before it found. How does a total grow?",
    rejected_by=(EXACT,),
)
def total_replaced(x, y, W, b):
    for i in range(len(x)):
        total = (hypothesis(x[i], W, b) - y[i]) ** 2
    return total / len(x)


@wrong(
    "cost",
    "For whole numbers in x your squares are cut to whole numbers: an array made like x has x's "
    "number type, and an integer array cannot hold a fraction.",
    rejected_by=(SIZES,),
)
def squares_in_an_array_like_x(x, y, W, b):
    squares = np.zeros_like(x)
    for i in range(len(x)):
        squares[i] = (hypothesis(x[i], W, b) - y[i]) ** 2
    return np.mean(squares)


@wrong(
    "cost",
    "Your function changes the y it is given: after the call the caller's data hold residuals, and "
    "the second call gives another cost. `-=` writes into an array; make a new one instead.",
    rejected_by=("test_cost::test_inputs_untouched",),
)
def y_overwritten(x, y, W, b):
    y -= hypothesis(x, W, b)
    return np.mean(y**2)
