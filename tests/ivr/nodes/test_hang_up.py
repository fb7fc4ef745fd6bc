"""The hang-up node."""

from typing import get_args

import pytest

from ivr.commands import EndCall
from ivr.events import FlowEnd
from ivr.nodes.hang_up import HangUp
from switch.causes import Cause
from tests.ivr.scripted_caller import ScriptedCaller, flow_of, interpreter_of

CAUSES = get_args(HangUp.model_fields["cause"].annotation)


@pytest.mark.parametrize("cause", CAUSES)
def test_the_call_ends_with_the_documents_cause(cause: str) -> None:
    flow = flow_of({"end": {"type": "hang_up", "cause": cause}})
    someone = ScriptedCaller(interpreter_of(flow)).enters()
    assert someone.outputs[-1] == EndCall(call_id="call-1", cause=cause)
    assert someone.left.reason is FlowEnd.HUNG_UP


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_a_document_may_give_is_one_the_exchange_knows(cause: str) -> None:
    assert cause in Cause.__members__
