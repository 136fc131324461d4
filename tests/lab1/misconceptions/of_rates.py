"""Wrong programs for `critical_rate(x)`, and wrong choices of the three rates.

A choice is a number and no function in the notebook: its program takes nothing and gives it.
"""

import numpy as np

from course.judge.diagnosis import misconception as wrong

from .reference import quiet as print
from .reference import x

SLOW = "test_learning_rate::test_slow_rate"
GOOD = "test_learning_rate::test_good_rate"
DIVERGENT = "test_learning_rate::test_divergent_rate"
VALUE = "test_learning_rate::test_critical_rate"
BORDER = "test_learning_rate::test_critical_rate_is_the_border"
TYPES = "test_learning_rate::test_number_types"


@wrong(
    "critical_rate",
    "Your rate is twice the critical one. The second derivatives of this lab's cost carry a factor "
    "2, like its gradient; leave it out and all curvatures come out half as large.",
    rejected_by=(VALUE, BORDER),
)
def hessian_without_2(x):
    hessian = np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1]])
    return 2 / np.linalg.eigvalsh(hessian).max()


@wrong(
    "critical_rate",
    "Your rate is half the critical one. One step multiplies the distance from the best line by "
    "1 − αλ: at which α does that reach −1, and not 0?",
    rejected_by=(VALUE, BORDER),
)
def one_over_lambda(x):
    hessian = 2 * np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1]])
    return 1 / np.linalg.eigvalsh(hessian).max()


@wrong(
    "critical_rate",
    "You use the smallest eigenvalue. The steepest direction is the first to diverge, and the "
    "largest eigenvalue belongs to it. `eigvalsh` sorts from small to large.",
    rejected_by=(VALUE, BORDER),
)
def smallest_eigenvalue(x):
    hessian = 2 * np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1]])
    return 2 / np.linalg.eigvalsh(hessian)[0]


@wrong(
    "critical_rate",
    "That is the critical rate of a model without b: 2 over the curvature along W. With b there is "
    "a direction between the two axes that is steeper still.",
    rejected_by=(VALUE,),
)
def critical_rate_without_b(x):
    return 1 / np.mean(x**2)


@wrong(
    "critical_rate",
    "That is 2 divided by the sum of both eigenvalues: the rate at which descent is fastest, and a "
    "little below the one at which it begins to diverge.",
    rejected_by=(VALUE,),
)
def fastest_rate(x):
    return 2 / (2 * np.mean(x**2) + 2)


@wrong(
    "critical_rate",
    "Your Hessian holds sums where means belong, so your rate shrinks with the number of points. "
    "The cost is a mean, and so is everything derived from it.",
    rejected_by=(VALUE, BORDER),
)
def hessian_of_sums(x):
    hessian = 2 * np.array([[np.sum(x**2), np.sum(x)], [np.sum(x), len(x)]])
    return 2 / np.linalg.eigvalsh(hessian).max()


@wrong(
    "critical_rate",
    "You divide by 10 whatever x come in. Ten is the size of the lab's data; where can your "
    "function learn how many numbers it was handed?",
    rejected_by=(VALUE,),
)
def hessian_divided_by_ten(x):
    hessian = 2 * np.array([[np.sum(x**2), np.sum(x)], [np.sum(x), 10]]) / 10
    return 2 / np.linalg.eigvalsh(hessian).max()


@wrong(
    "critical_rate",
    "You square the mean of x where the mean of the squares belongs. Try x = −1 and 1: their mean "
    "is 0, yet the cost is not flat along W.",
    rejected_by=(VALUE, BORDER),
)
def square_of_the_mean_of_x(x):
    hessian = 2 * np.array([[np.mean(x) ** 2, np.mean(x)], [np.mean(x), 1]])
    return 2 / np.linalg.eigvalsh(hessian).max()


@wrong(
    "critical_rate",
    "Your Hessian is right, but you return its largest eigenvalue: a curvature, not a learning "
    "rate. What does one step multiply the distance by?",
    rejected_by=(VALUE, BORDER),
)
def largest_eigenvalue(x):
    hessian = 2 * np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1]])
    return np.linalg.eigvalsh(hessian).max()


@wrong(
    "critical_rate",
    "You leave out the corner elements of the Hessian. They say that a change of W can be made up "
    "for by b, and they tilt the valley: without them the steepest direction is missed.",
    rejected_by=(VALUE,),
)
def hessian_without_its_corners(x):
    return 2 / max(2 * np.mean(x**2), 2)


@wrong(
    "critical_rate",
    "You centre x first. That is the critical rate of other data: moving x to the right makes the "
    "valley steeper, and the rate has to become smaller.",
    rejected_by=(VALUE, BORDER),
)
def critical_rate_of_centred_x(x):
    x = x - np.mean(x)
    hessian = 2 * np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1]])
    return 2 / np.linalg.eigvalsh(hessian).max()


@wrong(
    "critical_rate",
    "You use the root of the sum of all squared elements for the size of the Hessian. It is close "
    "to the largest eigenvalue, but not equal to it.",
    rejected_by=(VALUE,),
)
def norm_of_the_hessian(x):
    hessian = 2 * np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1]])
    return 2 / np.linalg.norm(hessian)


@wrong(
    "critical_rate",
    "You use the determinant, the product of both eigenvalues. Only the largest eigenvalue decides "
    "when descent begins to diverge.",
    rejected_by=(VALUE,),
)
def determinant_of_the_hessian(x):
    hessian = 2 * np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1]])
    return 2 / np.linalg.det(hessian)


@wrong(
    "critical_rate",
    "Your function gives the same number for every x: that of the lab's data. Other data have "
    "another valley. Compare the names in the body with those in the `def` line.",
    rejected_by=(VALUE, BORDER),
)
def critical_rate_of_the_notebooks_data(inputs):
    hessian = 2 * np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1]])
    return 2 / np.linalg.eigvalsh(hessian).max()


@wrong(
    "critical_rate",
    "Your rate is rounded. Just beside the border one descent converges and the other does not, so "
    "the digits that you cut off matter.",
    rejected_by=(VALUE,),
)
def critical_rate_rounded(x):
    hessian = 2 * np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1]])
    return round(float(2 / np.linalg.eigvalsh(hessian).max()), 3)


@wrong(
    "critical_rate",
    "Your Hessian is cut to whole numbers: a matrix that begins with whole numbers can hold "
    "nothing else, and NumPy cuts without a word.",
    rejected_by=(VALUE,),
)
def hessian_of_whole_numbers(x):
    hessian = np.array([[0, 0], [0, 2]])
    hessian[0, 0] = 2 * np.mean(x**2)
    hessian[0, 1] = hessian[1, 0] = 2 * np.mean(x)
    return 2 / np.linalg.eigvalsh(hessian).max()


@wrong(
    "critical_rate",
    "Your rate stays a safe distance below the critical one. The border itself is asked for, with "
    "nothing taken off.",
    rejected_by=(VALUE,),
)
def a_safe_distance_below(x):
    hessian = 2 * np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1]])
    return 0.99 * 2 / np.linalg.eigvalsh(hessian).max()


@wrong(
    "critical_rate",
    "Your function gives None. If you see the right number on the screen, it was printed: what is "
    "printed is lost to the cells below, which need the value handed back.",
    rejected_by=(VALUE, BORDER, TYPES),
)
def critical_rate_printed(x):
    hessian = 2 * np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1]])
    print(2 / np.linalg.eigvalsh(hessian).max())


@wrong(
    "slow_rate",
    "A learning rate of 0 is not slow: nothing moves at all.",
    rejected_by=(SLOW,),
)
def slow_rate_of_zero():
    return 0


@wrong(
    "slow_rate",
    "This rate is not slow on the lab's data: 1,000 steps come close to the bottom. Look at the "
    "log plot for a rate whose line is still high on the right.",
    rejected_by=(SLOW,),
)
def slow_rate_that_arrives():
    return 0.01


@wrong(
    "slow_rate",
    "A negative learning rate walks uphill, and the cost grows. Slow means small steps downhill.",
    rejected_by=(SLOW,),
)
def slow_rate_below_zero():
    return -0.001


@wrong(
    "good_rate",
    "This rate is still on its way after 1,000 steps: b needs longer than W. Look at the log plot, "
    "where the line should be low on the right.",
    rejected_by=(GOOD,),
)
def good_rate_too_small():
    return 0.002


@wrong(
    "good_rate",
    "This rate diverges on the lab's data. A popular rate is not a good rate for all data: the "
    "border depends on x.",
    rejected_by=(GOOD,),
)
def good_rate_from_habit():
    return 0.1


@wrong(
    "divergent_rate",
    "This rate is large but still converges: its line in the log plot falls. The border lies a "
    "little higher; your critical rate says where.",
    rejected_by=(DIVERGENT,),
)
def divergent_rate_below_the_border():
    return 0.034


@wrong(
    "divergent_rate",
    "A negative rate diverges, but not because it is too large: it walks uphill from the first "
    "step. Look for a rate above 0.",
    rejected_by=(DIVERGENT,),
)
def divergent_rate_below_zero():
    return -0.05
