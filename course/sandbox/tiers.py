"""Chooses how submissions are confined on this machine: the best tier in which every attempt fails.

Trusted side. `none` is taken only when the configuration asks for it by name.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from course.errors import ConfigurationError, GraderFault
from course.sandbox.isolation import LAYERS, Isolation
from course.sandbox.proof import prove

AUTO = "auto"
PROVABLE = {"linux": ("bwrap", "landlock"), "darwin": ("seatbelt",)}
"""The tiers of each system, best first; each must prove itself before it is used."""
UNTRIED = "untried on macOS: grade on Linux, or in a Linux virtual machine"
ADVICE = {
    "bwrap": "install bubblewrap (the package `bubblewrap` of most distributions); on Ubuntu 24.04"
    " enable its AppArmor profile, and inside a container allow user namespaces",
    "landlock": "use Linux 5.13 or newer with Landlock enabled (lsm=landlock,… at boot)"
    " and install libseccomp (Debian: `libseccomp2`)",
    "seatbelt": UNTRIED,
}
HOLES = (
    "whatever lies below the virtual environment, the Python installation or this package is seen"
)


def hoped_for(demanded: str = AUTO) -> Isolation:
    """Return what `choose` will most likely return; nothing is proved about it yet."""
    best = next(iter(PROVABLE.get(sys.platform, ())), "none")
    return Isolation.of_tier(demanded if demanded in LAYERS else best)


def choose(demanded: str = AUTO, must_not_read: Sequence[Path] = ()) -> Isolation:
    """Return the isolation that was proved here; takes up to two seconds.

    `demanded` is a tier's name or "auto" (the best one); `must_not_read` are the real files and
    folders of the course, which the self-test tries to read. Raises ConfigurationError when no tier
    qualifies.
    """
    if demanded not in (AUTO, *LAYERS):
        names = ", ".join((AUTO, *LAYERS))
        raise ConfigurationError(f"isolation = {demanded!r} is not known: choose one of {names}.")
    here = PROVABLE.get(sys.platform, ())
    if not here or (demanded == "none" and sys.platform != "linux"):
        raise ConfigurationError("Submissions cannot be run here: grade on Linux.")
    if demanded not in (AUTO, "none", *here):
        raise ConfigurationError(
            f"isolation = {demanded!r} is not of this system: choose {' or '.join((AUTO, *here))}."
        )
    if demanded == "none":
        everything = "anything that the user who grades may do, but for limits on time and memory"
        return Isolation("none", LAYERS["none"], not_prevented=(everything,))
    passed_over: list[tuple[str, str]] = []
    for tier in here if demanded == AUTO else (demanded,):
        found = _try(tier, must_not_read)
        if isinstance(found, Isolation):
            return Isolation(
                tier, found.layers, found.proved, found.not_prevented, tuple(passed_over)
            )
        passed_over.append((tier, found))
    reasons = "; ".join(f"{tier}: {reason}" for tier, reason in passed_over)
    otherwise = ' Or set isolation = "none".' if sys.platform == "linux" else ""
    raise ConfigurationError(
        f"Submissions cannot be confined here, so none is run. {reasons}.{otherwise}"
    )


def _try(tier: str, must_not_read: Sequence[Path]) -> Isolation | str:
    """Return the tier with its proof, or the reason why it does not do."""
    isolation = Isolation.of_tier(tier)
    try:
        proof = prove(isolation, must_not_read)
    except (GraderFault, OSError, RuntimeError, ImportError) as error:
        return f"{error} ({ADVICE[tier]})"
    if proof.holes:
        return f"submissions could {', '.join(proof.holes)} ({HOLES})"
    untried = (UNTRIED,) if tier == "seatbelt" else ()
    return Isolation(tier, isolation.layers, proof.proved, (*proof.not_prevented, *untried))
