"""Whatever arrives, and in whatever state: the stack neither fails nor keeps anything for good."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switch.causes import Cause
from switch.sip.commands import AnswerLeg, DialStation, HangUpLeg, RingLeg
from switch.sip.hop import Hop
from tests.helpers.sip_messages import PHONE, SDP, make_request, make_response
from tests.helpers.sip_rig import LIFETIME_S, STATION, SipRig

VECTORS = Path(__file__).parents[3] / "vectors" / "sip"
MESSAGES = [path.read_bytes()[:4000] for path in sorted(VECTORS.rglob("*.sip"))]
PIECES = st.sampled_from(
    [b"", b"\r\n", b"\r\n\r\n", b",", b";", b'"', b"<", b"\0", b"%", b"\xff", b" ", b":", b"\\"]
)
HOPS = st.sampled_from([PHONE, Hop("tcp", "127.0.0.1", 6001), Hop("wss", "2001:db8::1", 4443)])


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A message with something cut out and something put in, or another's end."""
    whole = draw(st.sampled_from(MESSAGES))
    start = draw(st.integers(0, len(whole)))
    end = draw(st.integers(start, min(len(whole), start + 30)))
    tail = draw(st.sampled_from([whole[end:], draw(st.sampled_from(MESSAGES))[end:]]))
    return whole[:start] + draw(PIECES) + tail


DATAGRAMS = st.one_of(damaged(), st.binary(max_size=300), st.sampled_from(MESSAGES))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(DATAGRAMS, HOPS, st.floats(0, 3)), max_size=12))
def test_nothing_makes_a_busy_stack_fail_or_keep_anything(
    arriving: list[tuple[bytes, Hop, float]],
) -> None:
    rig = SipRig()
    rig.register()
    rig.receive(make_request("INVITE", body=SDP))
    rig.order(RingLeg(leg_id="leg-1"))
    rig.order(DialStation(leg_id="out", station=STATION, caller_number="1", caller_name="", sdp=SDP))
    invite = rig.messages[-1]
    for data, hop, pause_s in arriving:
        rig.receive(data, hop)
        rig.pass_time(pause_s)
    rig.order(AnswerLeg(leg_id="leg-1", sdp=SDP))
    rig.receive(make_response(rig.one_request([invite]), 200, body=SDP))
    for event in list(rig.events):
        if hasattr(event, "leg_id"):
            rig.order(HangUpLeg(leg_id=event.leg_id, cause=Cause.NORMAL_CLEARING))
    rig.order(HangUpLeg(leg_id="out", cause=Cause.NORMAL_CLEARING))
    rig.pass_time(4 * LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)
