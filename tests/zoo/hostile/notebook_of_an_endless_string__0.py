"""Millions of commas in a string that has no end: each of its quotes could begin another string.

base: solved
tier: any
status: zero
says: The file breaks off in the middle
"""


def file(notebook):
    return b'{"cells": ["' + b'\\",' * 4_100_000
