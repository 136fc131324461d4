"""Lab 1's hidden checks: one `test_<grade cell>.py` each, judged against plain truth.

`truth` holds the formulas of the page, `data` the inputs, `misconceptions` the wrong programs that
the checks must reject and `right_programs` those they must not.
"""
