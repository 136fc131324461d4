"""What was proved about the confinement; every record holds it, so that nobody must guess."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

LAYERS = {
    "bwrap": ("bwrap", "rlimits", "landlock", "seccomp"),
    "landlock": ("rlimits", "landlock", "seccomp"),
    "seatbelt": ("rlimits", "seatbelt"),
    "none": ("rlimits",),
}
"""The layers of each tier, best tier first."""


@dataclass(frozen=True)
class Isolation:
    """A tier, the layers that each submission is confined by, and what the self-test saw.

    `proved` are attempts that failed here as they must, `not_prevented` those that succeeded,
    `passed_over` pairs of a better tier and the reason why it was not taken.
    """

    tier: str
    layers: tuple[str, ...]
    proved: tuple[str, ...] = ()
    not_prevented: tuple[str, ...] = ()
    passed_over: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @classmethod
    def of_tier(cls, tier: str) -> Isolation:
        """Return a tier that nothing has been proved about yet."""
        return cls(tier, LAYERS[tier])
