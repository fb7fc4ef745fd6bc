"""What must hold for any flow document, however hostile. Shared by the fuzz target and the property tests."""

import re

from acd.config_problems import why_no_target
from ivr.check import Surroundings
from ivr.reader import likely_name, name_in, read_flow

SURROUNDINGS = Surroundings(
    prompts={"zh/greeting", "en/greeting", "zh/menu", "zh/sorry", "tone:busy"},
    knows_queue=lambda name: why_no_target(f"queue:{name}", {"service"}) is None,
    lists={"vip"},
    calendars={"office", "night"},
    boxes={"complaints"},
    flows={"identify"},
    lookups={"billing"},
)
_LINE_BREAKS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""As YAML has them."""


def check_flow_text(text: str) -> bool:
    """A document is a flow or has problems, each with its line; True for a flow. Raises on anything else."""
    flow, problems = read_flow(text, "fuzzed.yaml", SURROUNDINGS)
    assert (flow is None) == bool(problems)
    lines = len(_LINE_BREAKS.findall(text)) + 1
    for problem in problems:
        assert 1 <= problem.line <= lines
        assert problem.expected
        assert str(problem).encode().count(b"\n") == 0
    name = name_in(text)
    likely_name(text)
    assert flow is None or flow.name == name
    return flow is not None
