"""What is wrong with a document a person wrote: configuration or flow."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake, told so that it can be mended without reading source."""

    file: str
    line: int
    """Counted from 1; 0 when the mistake has no line (a missing file)."""
    key: str
    """Dotted path, such as ``queues[1].ring_timeout_s``."""
    value: str
    """What stands there, shortened; empty when something is missing."""
    expected: str
    """What would have been right, in plain English."""

    def __str__(self) -> str:
        found = f" is {self.value}" if self.value else ""
        return f"{self.file}:{self.line}: {self.key}{found}; expected {self.expected}"
