"""A port that one process was told is told to no other before that one has had time to open it."""

import subprocess
import sys

from sipp_scenarios import runner

HOST = "127.0.0.1"


def may_be_held_elsewhere(port: int) -> bool:
    asking = f"from sipp_scenarios import runner; print(runner._hold({port}))"
    answer = subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True, check=True)
    return answer.stdout.strip() == "True"


def test_a_port_is_kept_from_other_processes_until_many_more_were_told() -> None:
    port = runner.free_port(HOST)
    assert not may_be_held_elsewhere(port)
    told = {runner.free_port(HOST) for _ in range(runner._MOST_HELD)}
    assert port not in told
    assert may_be_held_elsewhere(port)
