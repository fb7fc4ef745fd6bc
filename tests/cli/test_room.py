"""How many recorded calls there is room for, told at the start."""

import pytest

from cli.room import room_for_calls


@pytest.mark.parametrize(
    ("ports", "files", "calls", "warns"),
    [
        (8000, 65_536, 2000, False),
        (8000, 4096, 579, True),
        (8000, 100, 0, True),
        (400, 1701, 100, False),
        (400, 1700, 99, True),
    ],
)
def test_descriptors_that_are_too_few_for_the_ports_are_told(
    ports: int, files: int, calls: int, warns: bool
) -> None:
    room = room_for_calls(ports, files, connections=1001 if ports == 400 else 1000)
    assert room.calls == calls
    assert ("LimitNOFILE" in room.warning) is warns
    assert not warns or f"enough for {calls} recorded calls" in room.warning
