"""Wrong programs for `update(W, b, dW, db, learning_rate)`."""

# ruff: noqa: N802  (W and dW are names of the page)

import numpy as np

from course.judge.diagnosis import misconception as wrong

from .reference import quiet as print

DOWN = "test_update::test_goes_downhill"
SIZE = "test_update::test_step_size"
RATE = "test_update::test_learning_rate"
WHOLE = "test_update::test_whole_numbers"


@wrong(
    "update",
    "Your step goes uphill: it is added where it should be taken away. The gradient points to "
    "higher cost, and we want lower cost.",
    rejected_by=(DOWN, SIZE),
)
def step_added(W, b, dW, db, learning_rate):
    return W + learning_rate * dW, b + learning_rate * db


@wrong(
    "update",
    "The learning rate has no effect: you take away the whole gradient. With rate 0 nothing may "
    "move.",
    rejected_by=(SIZE, RATE),
)
def rate_ignored(W, b, dW, db, learning_rate):
    return W - dW, b - db


@wrong(
    "update",
    "Your step always uses 0.01, whatever learning rate comes in. Compare the body with the names "
    "in the `def` line; with rate 0 nothing may move.",
    rejected_by=(SIZE, RATE),
)
def rate_of_one_hundredth(W, b, dW, db, learning_rate):
    return W - 0.01 * dW, b - 0.01 * db


@wrong(
    "update",
    "W is right, but b moves by its whole slope: the learning rate is missing there. Both "
    "parameters take the same kind of step.",
    rejected_by=(SIZE, RATE),
)
def rate_for_W_only(W, b, dW, db, learning_rate):
    return W - learning_rate * dW, b - db


@wrong(
    "update",
    "b is right, but W moves by its whole slope: the learning rate is missing there. Both "
    "parameters take the same kind of step.",
    rejected_by=(SIZE, RATE),
)
def rate_for_b_only(W, b, dW, db, learning_rate):
    return W - dW, b - learning_rate * db


@wrong(
    "update",
    "W moves, b stays where it is. Both parameters take a step, each along its own slope.",
    rejected_by=(DOWN, SIZE, RATE),
)
def b_stays(W, b, dW, db, learning_rate):
    return W - learning_rate * dW, b


@wrong(
    "update",
    "b moves, W stays where it is. Both parameters take a step, each along its own slope.",
    rejected_by=(DOWN, SIZE, RATE),
)
def W_stays(W, b, dW, db, learning_rate):
    return W, b - learning_rate * db


@wrong(
    "update",
    "Nothing moves: what you return is what came in. Assigning to another name leaves W and b as "
    "they are; look at which names your `return` line gives back.",
    rejected_by=(DOWN, SIZE, RATE),
)
def nothing_moves(W, b, dW, db, learning_rate):
    return W, b


@wrong(
    "update",
    "Each parameter moves along the other one's slope: W with db and b with dW. Follow the letters "
    "in your two lines.",
    rejected_by=(DOWN, SIZE),
)
def slopes_swapped(W, b, dW, db, learning_rate):
    return W - learning_rate * db, b - learning_rate * dW


@wrong(
    "update",
    "You use dW for both parameters. b has a slope of its own, db.",
    rejected_by=(DOWN, SIZE),
)
def dW_for_both(W, b, dW, db, learning_rate):
    return W - learning_rate * dW, b - learning_rate * dW


@wrong(
    "update",
    "W goes downhill and b goes uphill: one of the two signs is wrong. Both parameters move "
    "against their slopes.",
    rejected_by=(DOWN, SIZE),
)
def b_uphill(W, b, dW, db, learning_rate):
    return W - learning_rate * dW, b + learning_rate * db


@wrong(
    "update",
    "You return the step, not where it leads: W and b themselves are forgotten. With a gradient of "
    "0 both should stay where they are.",
    rejected_by=(SIZE, RATE),
)
def only_the_step(W, b, dW, db, learning_rate):
    return -learning_rate * dW, -learning_rate * db


@wrong(
    "update",
    "You subtract the wrong way round: the old value is taken from the step. With rate 0 your W "
    "and b change their signs, where nothing should move.",
    rejected_by=(SIZE, RATE),
)
def subtracted_the_wrong_way(W, b, dW, db, learning_rate):
    return learning_rate * dW - W, learning_rate * db - b


@wrong(
    "update",
    "You divide by the learning rate, so a smaller rate makes a larger step, and rate 0 fails "
    "altogether. A small rate means small steps.",
    rejected_by=(SIZE, RATE),
)
def divided_by_the_rate(W, b, dW, db, learning_rate):
    return W - dW / learning_rate, b - db / learning_rate


@wrong(
    "update",
    "You scale W and b by their slopes. A step is taken away from the old value; it does not "
    "multiply it: from W = 0 yours can never leave.",
    rejected_by=(SIZE,),
)
def parameters_scaled(W, b, dW, db, learning_rate):
    return W * (1 - learning_rate * dW), b * (1 - learning_rate * db)


@wrong(
    "update",
    "You use only the signs of the slopes, so every step has the same length. Steps should become "
    "smaller by themselves as the slope does.",
    rejected_by=(SIZE,),
)
def signs_of_the_slopes(W, b, dW, db, learning_rate):
    return W - learning_rate * np.sign(dW), b - learning_rate * np.sign(db)


@wrong(
    "update",
    "Your parameters are rounded. A small learning rate makes steps that are smaller than what you "
    "cut off, and then nothing moves any more. Round when you print, not when you compute.",
    rejected_by=(SIZE,),
)
def parameters_rounded(W, b, dW, db, learning_rate):
    return round(W - learning_rate * dW, 2), round(b - learning_rate * db, 2)


@wrong(
    "update",
    "When W and b come in as whole numbers, the new values are cut to whole numbers: an array made "
    "from whole numbers can hold nothing else, and NumPy cuts without a word.",
    rejected_by=(WHOLE,),
)
def parameters_in_an_integer_array(W, b, dW, db, learning_rate):
    parameters = np.array([W, b])
    parameters[0] = W - learning_rate * dW
    parameters[1] = b - learning_rate * db
    return parameters


@wrong(
    "update",
    "Your function gives None. If you see the right numbers on the screen, they were printed: "
    "what is printed is lost to the cells below, which need the values handed back.",
    rejected_by=(DOWN, SIZE, RATE),
)
def update_printed(W, b, dW, db, learning_rate):
    print(W - learning_rate * dW, b - learning_rate * db)


@wrong(
    "update",
    "These are the right two numbers in the wrong order. W comes first, then b: check the line "
    "with `return` against the text of the exercise.",
    rejected_by=(SIZE, RATE),
)
def b_returned_first(W, b, dW, db, learning_rate):
    return b - learning_rate * db, W - learning_rate * dW


@wrong(
    "update",
    "You return the new W alone. The cells below need both parameters, in the order W, b.",
    rejected_by=(DOWN, SIZE, RATE),
)
def only_W_returned(W, b, dW, db, learning_rate):
    return W - learning_rate * dW


@wrong(
    "update",
    "Your steps are twice as long as asked for. The 2 of the cost's derivative stands in the "
    "gradient already; the update only multiplies by the learning rate.",
    rejected_by=(SIZE,),
)
def twice_the_step(W, b, dW, db, learning_rate):
    return W - 2 * learning_rate * dW, b - 2 * learning_rate * db
