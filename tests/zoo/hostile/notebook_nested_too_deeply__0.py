"""Two hundred thousand brackets: JSON that takes the stack of whoever parses it.

base: solved
tier: any
status: zero
says: nested too deeply
"""


def file(notebook):
    return b"[" * 200_000 + b"]" * 200_000
