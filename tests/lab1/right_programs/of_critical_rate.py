"""Right programs for `critical_rate(x)`."""

import numpy as np

from .mark import right


@right("critical_rate")
def eigenvalues_of_a_general_matrix(x):
    hessian = np.array([[2 * np.mean(x**2), 2 * np.mean(x)], [2 * np.mean(x), 2]])
    return 2 / max(np.linalg.eigvals(hessian))


@right("critical_rate")
def by_the_quadratic_formula(x):
    a, c = np.mean(x**2.0), np.mean(x)
    return 2 / ((a + 1) + np.sqrt((a - 1) ** 2 + 4 * c**2))


@right("critical_rate")
def by_the_spectral_norm(x):
    rows = np.column_stack([x, np.ones(len(x))])
    return len(x) / np.linalg.norm(rows, 2) ** 2


@right("critical_rate")
def by_power_iteration(x):
    rows = np.column_stack([x, np.ones_like(x, dtype=float)])
    hessian, v = 2 / len(x) * rows.T @ rows, np.array([1.0, 0.3])
    for _ in range(300):
        v = hessian @ v
        v /= np.linalg.norm(v)
    return 2 / (v @ hessian @ v)


@right("critical_rate")
def by_singular_values(x):
    singular = np.linalg.svd(np.vander(x, 2), compute_uv=False)
    return np.array(len(x) / singular[0] ** 2)
