"""How many calls this machine has room for: what its file descriptors and media ports allow. Pure."""

from dataclasses import dataclass

FILES_PER_LEG = 2
"""Every endpoint has an RTP and an RTCP socket."""
FILES_PER_CALL = 2 * FILES_PER_LEG + 1
"""Two legs and a recording."""
FILES_KEPT_BACK = 200
"""For the journal, the database, control clients and Python itself."""


@dataclass(frozen=True, slots=True)
class Room:
    """Two-leg recorded calls."""

    by_ports: int
    by_files: int

    @property
    def calls(self) -> int:
        return min(self.by_ports, self.by_files)

    @property
    def warning(self) -> str:
        """What to do where recordings would lack descriptors before calls lack ports; empty: nothing."""
        if self.by_files >= self.by_ports:
            return ""
        return (
            f"file descriptors are enough for {self.by_files} recorded calls, "
            f"media ports for {self.by_ports}; raise the limit (LimitNOFILE of the service, ulimit -Hn)"
        )


def room_for_calls(media_ports: int, most_files: int, connections: int) -> Room:
    """``most_files``: descriptors it may have; ``connections``: those of SIP, which are kept back."""
    left = most_files - FILES_KEPT_BACK - connections
    return Room(by_ports=media_ports // 2 // 2, by_files=max(0, left // FILES_PER_CALL))
