"""Judging: hidden pytest checks against a live submission, from the trusted side."""
