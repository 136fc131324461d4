"""Wrong programs for `cost(x, y, W, b)`: another formula than the mean of squares."""

import numpy as np

from course.judge.diagnosis import misconception as wrong

from .reference import hypothesis

EXACT = "test_cost::test_mean_of_squared_residuals"


@wrong(
    "cost",
    "Your cost is the sum of the squared residuals, so it grows with the number of points: hand "
    "the same data in twice and it doubles. Which word of “mean squared error” is missing?",
    rejected_by=(EXACT, "test_cost::test_more_data"),
)
def sum_of_squares(x, y, W, b):
    return np.sum((hypothesis(x, W, b) - y) ** 2)


@wrong(
    "cost",
    "Your cost is half of what is asked for. One slide of the lecture has 1/(2m); the cost of "
    "this lab has 1/m. The ½ changes no minimum, but it changes every number that is compared.",
    rejected_by=(EXACT,),
)
def half_the_mean_square(x, y, W, b):
    return np.sum((hypothesis(x, W, b) - y) ** 2) / (2 * len(x))


@wrong(
    "cost",
    "You average the distances, not their squares: points twice as far away cost twice as much, "
    "where four times is asked for. Which word of “mean squared error” is missing?",
    rejected_by=(EXACT, "test_cost::test_twice_as_far"),
)
def mean_absolute_error(x, y, W, b):
    return np.mean(np.abs(hypothesis(x, W, b) - y))


@wrong(
    "cost",
    "You average the residuals with their signs, so points above and below the line cancel, and "
    "a bad line can cost 0 or less. What makes every miss count as positive?",
    rejected_by=(EXACT, "test_cost::test_above_and_below"),
)
def mean_residual(x, y, W, b):
    return np.mean(hypothesis(x, W, b) - y)


@wrong(
    "cost",
    "You average first and square afterwards. Points above and below the line cancel before the "
    "square can stop them. Each residual is to be squared by itself; look at which operation "
    "stands inside the sum.",
    rejected_by=(EXACT, "test_cost::test_above_and_below"),
)
def square_of_the_mean(x, y, W, b):
    return np.mean(hypothesis(x, W, b) - y) ** 2


@wrong(
    "cost",
    "You take the absolute value of the mean residual: points above and below the line cancel "
    "before it. Make each single residual count before you average.",
    rejected_by=(EXACT, "test_cost::test_above_and_below"),
)
def absolute_mean_residual(x, y, W, b):
    return abs(np.mean(hypothesis(x, W, b) - y))


@wrong(
    "cost",
    "You take the root of the mean square. That is a useful number, the typical miss in units of "
    "y, but not the cost of this lab, and its slope is another one.",
    rejected_by=(EXACT, "test_cost::test_twice_as_far"),
)
def root_of_the_mean(x, y, W, b):
    return np.sqrt(np.mean((hypothesis(x, W, b) - y) ** 2))


@wrong(
    "cost",
    "You return the length of the residual vector: the root of the sum of squares. The cost of "
    "this lab has no root, and it is a mean.",
    rejected_by=(EXACT, "test_cost::test_twice_as_far", "test_cost::test_more_data"),
)
def norm_of_the_residuals(x, y, W, b):
    return np.linalg.norm(hypothesis(x, W, b) - y)


@wrong(
    "cost",
    "You divide by m − 1. That belongs to the estimate of a variance; the mean of m squares "
    "divides by m. Hand the same data in twice: a mean stays as it is, yours changes.",
    rejected_by=(EXACT, "test_cost::test_more_data"),
)
def divided_by_m_minus_1(x, y, W, b):
    return np.sum((hypothesis(x, W, b) - y) ** 2) / (len(x) - 1)


@wrong(
    "cost",
    "You divide by 10 whatever data come in. Ten is the size of the lab's data, not of the data "
    "your function is handed. Where can it learn how many points there are?",
    rejected_by=(EXACT, "test_cost::test_more_data"),
)
def divided_by_ten(x, y, W, b):
    return np.sum((hypothesis(x, W, b) - y) ** 2) / 10


@wrong(
    "cost",
    "You divide by m twice: once by taking a mean, once more by hand. The cost becomes smaller "
    "the more data there are. Hand the same data in twice and watch it halve.",
    rejected_by=(EXACT, "test_cost::test_more_data"),
)
def divided_by_m_twice(x, y, W, b):
    return np.mean((hypothesis(x, W, b) - y) ** 2) / len(x)


@wrong(
    "cost",
    "`//` divides and then throws the fraction away, so your cost is always a whole number. "
    "Compare `7 // 2` with `7 / 2` in a cell of its own.",
    rejected_by=(EXACT,),
)
def whole_number_division(x, y, W, b):
    return np.sum((hypothesis(x, W, b) - y) ** 2) // len(x)


@wrong(
    "cost",
    "Your cost leaves b out of the prediction, so it is the cost of a line through the origin. "
    "Change b alone: your cost stays where it is. Which function of an earlier cell would help?",
    rejected_by=(EXACT, "test_cost::test_zero_on_a_perfect_line"),
)
def cost_without_b(x, y, W, b):
    return np.mean((W * x - y) ** 2)


@wrong(
    "cost",
    "You hand W and b on in the wrong order, so the cost is that of another line: slope b, height "
    "W. Compare your call of the hypothesis with its `def` line.",
    rejected_by=(EXACT, "test_cost::test_zero_on_a_perfect_line"),
)
def cost_of_the_swapped_line(x, y, W, b):
    return np.mean((hypothesis(x, b, W) - y) ** 2)


@wrong(
    "cost",
    "You add y to the prediction where the difference is meant: a perfect line then costs most. "
    "A residual says how far prediction and y lie apart.",
    rejected_by=(EXACT, "test_cost::test_zero_on_a_perfect_line"),
)
def y_added(x, y, W, b):
    return np.mean((hypothesis(x, W, b) + y) ** 2)


@wrong(
    "cost",
    "You square prediction and y separately and subtract the squares. That can be negative, and it "
    "is not the square of the difference: try 3 and 5 on paper.",
    rejected_by=(EXACT, "test_cost::test_twice_as_far"),
)
def difference_of_squares(x, y, W, b):
    return np.mean(hypothesis(x, W, b) ** 2 - y**2)


@wrong(
    "cost",
    "You double the residuals where they should be squared: `*2` and `**2` differ by one "
    "character. Doubled residuals keep their signs and cancel.",
    rejected_by=(EXACT, "test_cost::test_above_and_below", "test_cost::test_twice_as_far"),
)
def doubled_instead_of_squared(x, y, W, b):
    return np.mean((hypothesis(x, W, b) - y) * 2)


@wrong(
    "cost",
    "You multiply each residual by its x before squaring. That product belongs to the gradient; "
    "here points far to the right count too much, and those at x = 0 not at all.",
    rejected_by=(EXACT,),
)
def weighted_by_x(x, y, W, b):
    return np.mean(((hypothesis(x, W, b) - y) * x) ** 2)


@wrong(
    "cost",
    "Your cost is negative: the worse the line, the smaller it gets. We are going to minimise it, "
    "so bad lines must cost more.",
    rejected_by=(EXACT, "test_cost::test_zero_on_a_perfect_line"),
)
def negative_cost(x, y, W, b):
    return -np.mean((hypothesis(x, W, b) - y) ** 2)


@wrong(
    "cost",
    "You return the worst point's squared residual. The cost takes all points into account, each "
    "with the same weight.",
    rejected_by=(EXACT,),
)
def worst_point_only(x, y, W, b):
    return np.max((hypothesis(x, W, b) - y) ** 2)


@wrong(
    "cost",
    "You return the median of the squares. It takes no notice of points that lie far off; the mean "
    "does, and the gradient of the page is that of the mean.",
    rejected_by=(EXACT,),
)
def median_of_squares(x, y, W, b):
    return np.median((hypothesis(x, W, b) - y) ** 2)
