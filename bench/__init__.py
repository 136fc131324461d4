"""How fast the grader is beside what it replaces, on the same notebooks: `make bench`."""
