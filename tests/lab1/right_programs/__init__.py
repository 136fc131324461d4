"""Right programs as students write them: none may lose a point or be told of a mistake.

Loops, comprehensions, dot products, design matrices, classes, helpers, numerical differences, other
names, other types of answer. `RIGHT` holds pairs of a function's name and a program for it.
"""

from . import of_cost, of_critical_rate, of_descent, of_gradient, of_hypothesis, of_update

_PARTS = (of_hypothesis, of_cost, of_gradient, of_update, of_descent, of_critical_rate)

RIGHT = tuple(
    (program.right_version_of, program)
    for part in _PARTS
    for program in vars(part).values()
    if hasattr(program, "right_version_of")
)
