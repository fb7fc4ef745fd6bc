"""Every verb of the control socket is carried out by a running switch in some test of this folder."""

import ast

from cli.schema.verbs import all_verbs
from tests.helpers.wire_verbs import driven, driven_in


def test_every_verb_is_driven_over_the_wire() -> None:
    verbs = {verb.name for verb in all_verbs()}
    assert verbs - set(driven(verbs)) == set(), "drive it in tests/interop"


def test_what_is_told_a_switch_in_any_shape_counts_and_what_it_refuses_does_not() -> None:
    code = """
events.call("call.hold", call_id=a)
begin(floor, "call.monitor")
client.call.mute(call_id=a)
socket.send({"id": 1, "verb": "session.ping"})
for verb in ("call.park", "park.list"):
    events.call(verb)
with pytest.raises(VerbRefused):
    events.call("call.join", call_id=a)
expected = {"verb": "call.toggle"}
"""
    names = {"call.hold", "call.monitor", "call.mute", "session.ping", "call.park", "park.list"}
    assert driven_in(ast.parse(code)) == names
