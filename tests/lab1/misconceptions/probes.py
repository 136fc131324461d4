"""The few inputs on which a student's function is compared with the wrong programs.

They are fixed, so that what the wrong programs give on them is computed once. As in the checks the
data are irregular; the last probe of a function is there for programs that only whole numbers, a
steep place, a long way or an overflow tell from the right one.
"""

import numpy as np

_X = np.array([2.0, -0.63, 5.0, 3.87, 1.0, 0.41, 4.0])
_Y = np.array([3.1, 0.85, 9.62, 8.3, 1.93, 2.04, 6.77])
_WHOLE_X = np.array([3, 1, 6, 2, 9])
_WHOLE_Y = np.array([4, -1, 8, 3, 15])
_CENTRED = (_X - _X.mean()) / _X.std()

PROBES = {
    "hypothesis": [(_X, 0.7, -1.3), (2.45, 0.7, -1.3), (_WHOLE_X, 0.35, 2)],
    "cost": [
        (_X, _Y, 0.7, -1.3),
        (_X[:5], _Y[:5], 1.1, 0.4),
        (_WHOLE_X, _WHOLE_Y, 0.35, 0.6),
    ],
    "gradient": [
        (_X, _Y, 0.7, -1.3),
        (_X[:5], _Y[:5], 1.1, 0.4),
        (_WHOLE_X, _WHOLE_Y, 0.35, 0.6),
    ],
    "update": [(0.7, -1.3, 2.6, -0.45, 0.037), (2, -3, 1.7, 0.9, 0.21)],
    "gradient_descent": [
        (_X, _Y, 0.7, -1.3, 0.031, 3),
        (_X, _Y, 0.7, -1.3, 0.031, 0),
        (_WHOLE_X, _WHOLE_Y, 1, -2, 0.007, 2),
        (_X, _Y, 0.7, -1.3, 0.12, 60),
        (_CENTRED, _Y, 0.7, -1.3, 0.45, 30),
        (_X[:5], _Y[:5], 0.7, -1.3, 90.0, 60),
    ],
    "critical_rate": [(_X,), (_X / 10,), (_WHOLE_X,)],
}
