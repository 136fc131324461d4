"""Runs a submission in a confined process: it can read, change, forge or stop nothing but itself.

Trusted side (the judge's process): `tiers`, `proof`, `view`, `filter`, `calls`, `host`, `clock`,
`turnstile`, `watch`, `outcome`.
Untrusted side (the submission's process): `warm`, `child`, `confine`, `landlock`, `seatbelt`,
`shell`, `capture`, `figures`, `colab`. Both sides: `limits`, `wire`.

This package is visible inside the sandbox, so nothing in it may hold an answer, and this file
imports nothing: the untrusted side must start without the trusted one.
"""
