"""The gate: a lab's checks are held to right programs, known mistakes and mutants before use."""
