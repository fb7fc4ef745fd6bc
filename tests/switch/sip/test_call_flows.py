"""The call flows of RFC 3665 that concern a registrar and a back-to-back user agent, as golden traces."""

from pathlib import Path

import pytest

from tests.helpers.call_flow import CallFlow

TRACES = sorted((Path(__file__).parents[2] / "vectors" / "sip" / "rfc3665").glob("*.trace"))


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_the_switch_says_its_part_of_the_flow_and_nothing_else(path: Path) -> None:
    CallFlow(path).run()


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_when_the_flow_is_over_nothing_is_left(path: Path) -> None:
    flow = CallFlow(path)
    flow.run()
    flow.rig.pass_time(40)
    assert flow.rig.leftovers() == (0, 0, 0)
