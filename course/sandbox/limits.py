"""What one submission may use: one value, from the configuration to every place that enforces it.

Both sides read it. The judge's side never relies on the untrusted side having obeyed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

KIB = 1 << 10
MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True)
class Limits:
    """Ceilings for one submission.

    CPU seconds decide, because they do not depend on how loaded the machine is. Seconds of waiting
    are only a backstop for code that waits without computing.
    """

    cell_cpu: float = 5.0
    """CPU seconds for one cell; the cell ends, the submission goes on."""
    call_cpu: float = 2.0
    """CPU seconds for one call that a check makes; the call ends, the submission goes on."""
    submission_cpu: float = 30.0
    """CPU seconds for all cells of one submission, and as many again for all of its checks."""
    grace_cpu: float = 1.0
    """CPU seconds that code may go on after it was told to stop; then its process is killed."""
    wall_factor: float = 6.0
    """Seconds of waiting allowed for each CPU second of a limit (for a processor: not counted)."""
    wall_least: float = 10.0
    """Seconds of waiting that every limit allows at least."""
    memory_bytes: int = 2 * GIB
    """Address space of the process (NumPy, Matplotlib and IPython take about 0.4 GiB of it)."""
    processes: int = 64
    """Threads of the process, as the judge counts them every few hundredths of a second."""
    open_files: int = 64
    """File descriptors of the process."""
    file_bytes: int = 16 * MIB
    """Size of any one file that the submission writes."""
    folder_bytes: int = 64 * MIB
    """All files that the submission writes."""
    folder_files: int = 5_000
    """Number of files and folders that the submission makes, as the judge counts now and then."""
    output_bytes: int = 256 * KIB
    """UTF-8 bytes of text kept for one cell; the rest is counted and dropped."""
    submission_output_bytes: int = 2 * MIB
    """UTF-8 bytes of text kept for one submission; beyond them its cells ran but show nothing."""
    outputs: int = 500
    """Separate outputs kept for one cell."""
    submission_outputs: int = 2_000
    """Separate outputs kept for one submission: a reader's browser makes room for each."""
    error_chars: int = 4_000
    """Characters kept of an error's traceback (a quarter of it of the message)."""
    figures: int = 40
    """Figures drawn for one submission; 0 draws none, which saves most of a submission's time."""
    figure_bytes: int = 1 * MIB
    """Size of one drawn figure as PNG."""
    submission_figure_bytes: int = 8 * MIB
    """Size of all figures that are kept of one submission; beyond them figures are only named."""
    frame_bytes: int = 64 * MIB
    """Raw buffers of one frame on the wire."""

    def wall(self, cpu: float) -> float:
        """Seconds of waiting that back up a limit of `cpu` CPU seconds."""
        return max(self.wall_least, self.wall_factor * cpu)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for the wire and for records."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Limits:
        """Read what `to_dict` wrote; names that are not known are refused with TypeError."""
        return cls(**values)

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not value >= 0 or (value == 0 and field.name != "figures"):
                raise ValueError(f"the limit {field.name} must be above 0, not {value!r}")
