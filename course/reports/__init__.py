"""Renderers: each turns a record into something to look at, and none computes a score."""
