"""Whatever servers, callers and applications do in any order: one end for each order, and nothing left."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from media.commands import CloseEndpoint, JoinMix, LeaveMix, OpenEndpoint
from switch.causes import Cause
from switch.events import CallEnded, CallHandedOff, DigitReceived, PromptFinished
from switch.mrcp.commands import CloseControl, OpenControl, Recognise, SendControl, Speak, StopSpeech
from switch.mrcp.events import Recognised, RecognitionFailed, SpeakFailed, SpeakFinished
from switch.mrcp.message import MrcpEvent, MrcpResponse, RequestState, write_mrcp
from switch.mrcp.reports import ControlClosed, ControlOpened, ControlReceived
from switch.sip.commands import DialLeg, HangUpLeg
from switch.sip.events import LegAnswered, LegEnded
from tests.helpers.speech_rig import SpeechRig

_FINAL = (SpeakFinished, SpeakFailed, Recognised, RecognitionFailed)
_NLSML = b"<result><interpretation><instance>x</instance></interpretation></result>"
_ANSWER = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.40\r\ns=-\r\nc=IN IP4 192.0.2.40\r\nt=0 0\r\n"
    "m=application 1544 TCP/MRCPv2 1\r\na=channel:1f@{}\r\nm=audio 4000 RTP/AVP 8\r\n"
)


class Chaos:
    """Each method is something that can happen; ``lot`` decides among its kinds."""

    def __init__(self) -> None:
        self.rig = SpeechRig(2, failures_to_down=4, rest_s=1, max_sessions=9)
        self.ordered: dict[str, type] = {}
        self.stopped: set[str] = set()
        self.ended_call = False
        self._resources: dict[str, str] = {}

    def order(self, lot: int) -> None:
        request_id, call_id = f"r{len(self.ordered)}", self.rig.call.call_id
        kind = Speak if lot % 2 else Recognise
        self.ordered[request_id] = kind
        if kind is Speak:
            self.rig.feed(Speak(request_id=request_id, call_id=call_id, text="x", barge_in=lot % 3 == 0))
        else:
            for earlier, of in self.ordered.items():  # which this one takes the place of, without a word
                if of is Recognise and earlier != request_id:
                    self.stopped.add(earlier)
            grammars = ("builtin:x", "<g/>", "<h/>")[: lot % 3 + 1]
            plays = lot % 5 == 0
            self.rig.feed(
                Recognise(request_id=request_id, call_id=call_id, grammars=grammars, prompt_plays=plays)
            )

    def stop(self, lot: int) -> None:
        if self.ordered and lot % 3 == 0:
            request_id = sorted(self.ordered)[lot % len(self.ordered)]
            if self.ordered[request_id] is Recognise:
                self.stopped.add(request_id)
            self.rig.feed(StopSpeech(request_id=request_id))

    def sip(self, lot: int) -> None:
        """A server answers, refuses, or hangs up."""
        dialled = [each for each in self.rig.all(DialLeg) if each.leg_id not in self._resources]
        if not dialled:
            return
        leg = dialled[lot % len(dialled)]
        resource = "speechrecog" if "speechrecog" in leg.sdp else "speechsynth"
        self._resources[leg.leg_id] = resource
        if lot % 6 == 3:
            cause = Cause.NORMAL_CLEARING
            self.rig.feed(LegEnded(leg_id=leg.leg_id, cause=cause, sip_status=503, by_peer=True))
        else:
            sdp = "v=0" if lot % 7 == 6 else _ANSWER.format(resource)
            self.rig.feed(LegAnswered(leg_id=leg.leg_id, sdp=sdp))

    def control(self, lot: int) -> None:
        """A connection is there, breaks, or says something."""
        over = {closed.session_id for closed in self.rig.all(CloseControl)}
        opened = [each.session_id for each in self.rig.all(OpenControl) if each.session_id not in over]
        if not opened:
            return
        session_id = opened[lot % len(opened)]
        asked = [sent.octets for sent in self.rig.all(SendControl) if sent.session_id == session_id]
        if not asked:
            self.rig.feed(ControlOpened(session_id))
        elif lot % 23 == 3:
            self.rig.feed(ControlClosed(session_id, "broke"))
        else:
            number = lot % 4 if lot % 9 == 0 else int(asked[-1].split(b" ", 4)[3].split()[0])
            said = b"x" if lot % 29 == 4 else self._message(session_id, number, lot)
            self.rig.feed(ControlReceived(session_id, said))

    def _message(self, session_id: str, number: int, lot: int) -> bytes:
        resource = self._resources[session_id]
        head = (("Channel-Identifier", f"1f@{resource}"), ("Content-Type", "application/nlsml+xml"))
        state = list(RequestState)[lot // 7 % 3]
        if lot % 5 < 3:
            return write_mrcp(MrcpResponse(number, (200, 200, 407)[lot // 3 % 3], state, head))
        done = "SPEAK-COMPLETE" if resource == "speechsynth" else "RECOGNITION-COMPLETE"
        name = (done, "START-OF-INPUT")[lot // 2 % 2]
        cause = ("Completion-Cause", ("000", "001", "002", "004", "006", "x")[lot // 11 % 6])
        return write_mrcp(MrcpEvent(name, number, state, (*head, cause), _NLSML))

    def caller(self, lot: int) -> None:
        call_id = self.rig.call.call_id
        if lot % 2:
            self.rig.feed(DigitReceived(call_id=call_id, digit="1", duration_ms=100))
        else:
            self.rig.feed(PromptFinished(call_id=call_id, playback_id="p", reason="finished"))

    def time(self, lot: int) -> None:
        self.rig.pass_time(lot % 30 if lot % 4 == 0 else 0.5)

    def hand_off(self, lot: int) -> None:
        """Rarely: what was ordered before is told of no more."""
        if lot % 8 == 0:
            self.stopped |= self.ordered.keys()
            self.rig.feed(
                CallHandedOff(
                    call_id=self.rig.call.call_id,
                    contact_id="c",
                    caller_number="",
                    caller_name="",
                    access_code="",
                    target="queue:x",
                )
            )

    def end(self) -> None:
        """The caller hangs up, and the last answers are waited for."""
        self.rig.calls.clear()
        call_id = self.rig.call.call_id
        self.rig.feed(CallEnded(call_id=call_id, contact_id="c", cause=Cause.NORMAL_CLEARING, by_caller=True))
        self.rig.pass_time(5)


_HAPPENINGS: list[Callable[[Chaos, int], None]] = [
    Chaos.order, Chaos.stop, Chaos.caller, Chaos.time, Chaos.hand_off,
    *[Chaos.sip] * 4, *[Chaos.control] * 9,
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_HAPPENINGS), st.integers(0, 2_000)), max_size=80))
def test_each_order_has_one_end_and_nothing_is_left(
    happenings: list[tuple[Callable[..., None], int]],
) -> None:
    chaos = Chaos()
    for happen, lot in happenings:
        happen(chaos, lot)
    rig = chaos.rig
    open_before_the_end = {each for each in chaos.ordered if rig.speech.request_of(each) is not None}
    ends = Counter(output.request_id for output in rig.outputs if isinstance(output, _FINAL))
    assert set(ends.values()) <= {1}
    assert ends.keys() | open_before_the_end | chaos.stopped >= chaos.ordered.keys()
    assert not ends.keys() & open_before_the_end
    chaos.end()
    told_later = [output for output in rig.outputs if isinstance(output, _FINAL)]
    assert len(told_later) == ends.total(), "the end of a call is told by itself"
    check_that_nothing_is_left(rig)


def check_that_nothing_is_left(rig: SpeechRig) -> None:
    """Ports, legs, connections and places in mixes are all given back."""

    def of(kind: type, key: str = "leg_id") -> set[Any]:
        return {getattr(output, key) for output in rig.outputs if isinstance(output, kind)}

    assert of(CloseEndpoint) == of(OpenEndpoint)
    assert of(HangUpLeg) <= of(DialLeg)
    assert of(CloseControl, "session_id") == of(OpenControl, "session_id")
    assert of(SendControl, "session_id") <= of(OpenControl, "session_id")
    joined = [output for output in rig.outputs if isinstance(output, JoinMix) and output.leg_id == rig.leg_id]
    assert len(rig.all(LeaveMix)) <= len(joined)
    assert rig.speech.open_sessions == 0
    assert [server.sessions for server in rig.speech.servers] == [0, 0]
    assert rig.speech.next_deadline() is None
