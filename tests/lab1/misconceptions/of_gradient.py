"""Wrong programs for `gradient(x, y, W, b)`: wrong by a sign, a factor or a component."""

# ruff: noqa: N802  (W and dW are names of the page)

import numpy as np

from course.judge.diagnosis import misconception as wrong

from .reference import hypothesis

UPHILL = "test_gradient::test_points_uphill"
DW = "test_gradient::test_first_component"
DB = "test_gradient::test_second_component"
FLAT = "test_gradient::test_flat_at_the_best_line"
SLOPE = "test_gradient::test_slope_of_the_cost"
MORE = "test_gradient::test_more_data"


@wrong(
    "gradient",
    "Both components have the opposite sign: you subtract the prediction from y instead of y from "
    "the prediction. The gradient points to higher cost; a step against yours would climb.",
    rejected_by=(UPHILL, DW, DB),
)
def points_downhill(x, y, W, b):
    residual = y - hypothesis(x, W, b)
    return 2 * np.mean(residual * x), 2 * np.mean(residual)


@wrong(
    "gradient",
    "Both components are half of what is asked for. The cost of this lab has 1/m without a ½, so "
    "the square leaves a factor behind when you differentiate it. Compare with central "
    "differences of your cost.",
    rejected_by=(DW, DB, SLOPE),
)
def factor_2_missing(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return np.mean(residual * x), np.mean(residual)


@wrong(
    "gradient",
    "Both components are a quarter of what is asked for: you divide by 2m, and the 2 from the "
    "square is missing as well. The lecture's ½ and that 2 cancel; here there is no ½ at all.",
    rejected_by=(DW, DB, SLOPE),
)
def divided_by_2m(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return np.sum(residual * x) / (2 * len(x)), np.sum(residual) / (2 * len(x))


@wrong(
    "gradient",
    "Both components are twice what is asked for. The square gives one factor 2 when you "
    "differentiate it, not two; and if you took central differences: the two places lie 2h apart, "
    "not h.",
    rejected_by=(DW, DB, SLOPE),
)
def factor_2_twice(x, y, W, b):
    residual = 2 * (hypothesis(x, W, b) - y)
    return 2 * np.mean(residual * x), 2 * np.mean(residual)


@wrong(
    "gradient",
    "Your gradient is a sum where a mean is asked for: both components are m times too large and "
    "grow with the number of points. Hand the same data in twice: nothing should change.",
    rejected_by=(DW, DB, MORE),
)
def summed(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.sum(residual * x), 2 * np.sum(residual)


@wrong(
    "gradient",
    "Your gradient is the plain sum of residual times x, and of the residuals: the division by m "
    "is missing, and so is the factor that the square leaves behind.",
    rejected_by=(DW, DB, MORE),
)
def summed_without_2(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return np.sum(residual * x), np.sum(residual)


@wrong(
    "gradient",
    "dW is right; db is m times too large, because it is a sum and not a mean. Both components "
    "are divided by the number of points.",
    rejected_by=(DB, MORE),
)
def only_dW_averaged(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.mean(residual * x), 2 * np.sum(residual)


@wrong(
    "gradient",
    "db is right; dW is m times too large, because it is a sum and not a mean. Both components "
    "are divided by the number of points.",
    rejected_by=(DW, MORE),
)
def only_db_averaged(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.sum(residual * x), 2 * np.mean(residual)


@wrong(
    "gradient",
    "Your dW equals db: x is missing. W is multiplied by x in the prediction, so a change of W "
    "matters more where x is large. Where does x enter ∂cost/∂W?",
    rejected_by=(DW,),
)
def x_missing_in_dW(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.mean(residual), 2 * np.mean(residual)


@wrong(
    "gradient",
    "Your db equals dW: x stands in both. A change of b lifts every prediction by the same "
    "amount, whatever its x. Which factor does b have in the prediction?",
    rejected_by=(DB,),
)
def x_in_both(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.mean(residual * x), 2 * np.mean(residual * x)


@wrong(
    "gradient",
    "These are the right two numbers in the wrong order. dW comes first, then db: check the line "
    "with `return` against the text of the exercise.",
    rejected_by=(DW, DB),
)
def components_swapped(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.mean(residual), 2 * np.mean(residual * x)


@wrong(
    "gradient",
    "db is right, but dW is the mean residual times the mean x. The mean of a product is not the "
    "product of the means: multiply point by point first, then average.",
    rejected_by=(DW,),
)
def product_of_means(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.mean(residual) * np.mean(x), 2 * np.mean(residual)


@wrong(
    "gradient",
    "You kept the square of the residual when you differentiated. The derivative of a square is "
    "no square; with yours db can never be negative.",
    rejected_by=(UPHILL, DW, DB, FLAT),
)
def residual_squared(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.mean(residual**2 * x), 2 * np.mean(residual**2)


@wrong(
    "gradient",
    "You took the absolute value of the residuals. Their sign says on which side of the line a "
    "point lies, and so in which direction to turn; without it db is never negative.",
    rejected_by=(UPHILL, DW, DB, FLAT),
)
def residual_without_sign(x, y, W, b):
    residual = np.abs(hypothesis(x, W, b) - y)
    return 2 * np.mean(residual * x), 2 * np.mean(residual)


@wrong(
    "gradient",
    "You took only the signs of the residuals. That is the slope of the mean absolute error; with "
    "squares a point twice as far away pulls twice as hard.",
    rejected_by=(DW, DB),
)
def only_signs_of_residuals(x, y, W, b):
    sign = np.sign(hypothesis(x, W, b) - y)
    return np.mean(sign * x), np.mean(sign)


@wrong(
    "gradient",
    "Your residuals leave b out of the prediction, so your gradient does not change with b. It is "
    "right only where b = 0. Which function of an earlier cell would help?",
    rejected_by=(DW, DB, FLAT),
)
def prediction_without_b(x, y, W, b):
    residual = W * x - y
    return 2 * np.mean(residual * x), 2 * np.mean(residual)


@wrong(
    "gradient",
    "You use the predictions where the residuals are meant: y appears nowhere, so the gradient "
    "does not know the data's heights. At a perfect line it should be 0.",
    rejected_by=(DW, DB, FLAT),
)
def y_forgotten(x, y, W, b):
    prediction = hypothesis(x, W, b)
    return 2 * np.mean(prediction * x), 2 * np.mean(prediction)


@wrong(
    "gradient",
    "dW is right; db is half of what is asked for. The square leaves its factor 2 behind in both "
    "components.",
    rejected_by=(DB,),
)
def factor_2_missing_in_db(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.mean(residual * x), np.mean(residual)


@wrong(
    "gradient",
    "db is right; dW is half of what is asked for. The square leaves its factor 2 behind in both "
    "components.",
    rejected_by=(DW,),
)
def factor_2_missing_in_dW(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return np.mean(residual * x), 2 * np.mean(residual)


@wrong(
    "gradient",
    "dW is right; db has the opposite sign, so b will run away while W settles. Both components "
    "are made from the same residuals.",
    rejected_by=(UPHILL, DB),
)
def db_downhill(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.mean(residual * x), -2 * np.mean(residual)


@wrong(
    "gradient",
    "db is right; dW has the opposite sign, so W will run away while b settles. Both components "
    "are made from the same residuals.",
    rejected_by=(UPHILL, DW),
)
def dW_downhill(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return -2 * np.mean(residual * x), 2 * np.mean(residual)


@wrong(
    "gradient",
    "dW has x squared. The prediction is W x + b: how often does x stand beside W there?",
    rejected_by=(DW, FLAT),
)
def x_squared_in_dW(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.mean(residual * x**2), 2 * np.mean(residual)


@wrong(
    "gradient",
    "dW multiplies the residuals by W where x belongs: you took the derivative with respect to "
    "the wrong letter. In W x, what remains when you differentiate by W?",
    rejected_by=(DW,),
)
def W_in_place_of_x(x, y, W, b):
    residual = hypothesis(x, W, b) - y
    return 2 * np.mean(residual * W), 2 * np.mean(residual)


@wrong(
    "gradient",
    "You hand W and b on in the wrong order, so the residuals are those of another line: slope b, "
    "height W. Compare your call of the hypothesis with its `def` line.",
    rejected_by=(DW, DB, FLAT),
)
def gradient_of_the_swapped_line(x, y, W, b):
    residual = hypothesis(x, b, W) - y
    return 2 * np.mean(residual * x), 2 * np.mean(residual)
