"""What the journal of a running switch holds by now."""

from time import monotonic, sleep

from sipp_scenarios.switch_process import SwitchProcess
from switch.records.segment import decode_line, list_segments

_PATIENCE_S = 45.0


def wait_until_written(switch: SwitchProcess, topic: str, times: int = 1) -> None:
    """The journal collects events for a tenth of a second."""
    deadline = monotonic() + _PATIENCE_S
    while topics(switch).count(topic) < times:
        assert monotonic() < deadline, f"{topic} is not in the journal"
        sleep(0.05)


def topics(switch: SwitchProcess) -> list[str]:
    segments = list_segments(switch.configuration.records.journal)
    lines = (line for segment in segments for line in segment.path.read_bytes().splitlines(keepends=True))
    return [entry.topic for line in lines if (entry := decode_line(line)) is not None]
