"""`pytest tests/lab1`: the hidden checks from a shell."""
