"""Wrong programs for Lab 1, by the function they are about: `course.judge.diagnosis` reads them.

They serve four ends: they test the checks (each must reject what it is for), they name a student's
mistake (value by value, on `PROBES`), they make the sample class, and they count what a class
believes. Two programs that nobody could tell apart from outside are one, under one name.
"""

from importlib import import_module

from .probes import PROBES
from .reference import CHOICES, REFERENCE

PARTS = (
    "of_hypothesis",
    "of_cost",
    "of_cost_form",
    "of_gradient",
    "of_gradient_form",
    "of_update",
    "of_descent",
    "of_descent_data",
    "of_descent_loop",
    "of_divergence",
    "of_history",
    "of_rates",
)

# Checks that reject nothing alone: they say which idea is missing and give credit for the others.
EXPLANATORY = frozenset(
    {
        "test_cost::test_above_and_below",
        "test_cost::test_inputs_untouched",
        "test_cost::test_more_data",
        "test_cost::test_twice_as_far",
        "test_cost::test_zero_on_a_perfect_line",
        "test_gradient::test_first_component",
        "test_gradient::test_flat_at_the_best_line",
        "test_gradient::test_inputs_untouched",
        "test_gradient::test_more_data",
        "test_gradient::test_number_types",
        "test_gradient::test_points_uphill",
        "test_gradient::test_second_component",
        "test_gradient::test_slope_of_the_cost",
        "test_gradient_descent::test_called_twice",
        "test_gradient_descent::test_history",
        "test_gradient_descent::test_history_belongs_to_the_path",
        "test_gradient_descent::test_history_length",
        "test_gradient_descent::test_in_two_goes",
        "test_gradient_descent::test_learning_rate_and_start",
        "test_gradient_descent::test_one_step",
        "test_gradient_descent::test_several_steps",
        "test_hypothesis::test_input_untouched",
        "test_hypothesis::test_intercept",
        "test_hypothesis::test_line_over_an_array",
        "test_hypothesis::test_slope",
        "test_learning_rate::test_critical_rate_is_the_border",
        "test_learning_rate::test_number_types",
        "test_update::test_goes_downhill",
        "test_update::test_learning_rate",
    }
)


def _collect():
    """Every marked program of every part, under its own name; no two may share one."""
    found = {}
    for part in PARTS:
        for name, value in vars(import_module(f".{part}", __name__)).items():
            if hasattr(value, "misconception"):
                assert name not in found, f"two misconceptions are called {name}"
                found[name] = value
    return found


globals().update(_collect())

__all__ = ["CHOICES", "EXPLANATORY", "PARTS", "PROBES", "REFERENCE"]
