"""Marks to where they are wanted: a table, an LMS's gradebook, Gradescope; only final ones."""
