"""Two stations that hold each other, by phone and by verb, in any order, alone and in a conference."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from switch.causes import Cause
from switch.commands import AddParty, DropParty
from switch.events import CallHeld, CallResumed
from switch.sip.commands import AnswerReoffer
from switch.sip.events import LegAnswered
from tests.helpers.call_control_rig import CallControlRig
from tests.helpers.exchange_rig import AGENT_SDP, CALLER_SDP

ANSWERS = {"sendonly": "recvonly", "inactive": "inactive", "sendrecv": "sendrecv", "recvonly": "sendonly"}
"""What a phone offers → what it is answered (RFC 3264 §6.1)."""
STATIONS = {"caller": "1002", "called": "1001"}
DEEDS = [
    *(("verb", verb, who) for verb in ("call.hold", "call.retrieve") for who in STATIONS),
    *(("phone", direction, who) for direction in ANSWERS for who in STATIONS),
    ("conference", "party comes", ""),
    ("conference", "party goes", ""),
]


@dataclass
class Expected:
    """Who holds in which way, and whether a third talks with the two."""

    by_order: set[str] = field(default_factory=set)
    by_phone: set[str] = field(default_factory=set)
    party: str = ""

    def holds(self, who: str) -> bool:
        return who in self.by_order or who in self.by_phone

    @property
    def entertained(self) -> set[str]:
        """Who is held and has nobody else to hear; an ordered hold is silence for who holds."""
        if self.party:
            return set()
        others = {"caller": "called", "called": "caller"}
        return {who for who in STATIONS if self.holds(others[who]) and who not in self.by_order}


class Talk:
    """The two, and what should be true of them."""

    def __init__(self) -> None:
        self.rig = CallControlRig()
        self.call_id = self.rig.call_between("1002", "8001", "caller")
        call = self.rig.exchange.find(self.call_id)
        assert call is not None
        assert call.connected_leg is not None
        self.legs = {"caller": "caller", "called": call.connected_leg.leg_id}
        self.expected = Expected()

    def do(self, way: str, deed: str, who: str) -> None:
        before = {each: self.expected.holds(each) for each in STATIONS}
        told = len(self.rig.events)
        if way == "verb":
            self._order(deed, who)
        elif way == "phone":
            self._reoffer(deed, who)
        else:
            self._confer(deed)
        self._check(before, told)

    def _order(self, verb: str, who: str) -> None:
        self.rig.ask(verb, call_id=self.call_id, station=STATIONS[who])
        change = self.expected.by_order.add if verb == "call.hold" else self.expected.by_order.discard
        change(who)

    def _reoffer(self, direction: str, who: str) -> None:
        self.rig.reoffer(self.legs[who], f"{CALLER_SDP}a={direction}\r\n")
        holds = direction in ("sendonly", "inactive")
        (self.expected.by_phone.add if holds else self.expected.by_phone.discard)(who)
        answered = self.rig.last(AnswerReoffer)
        assert answered.sdp is not None
        assert f"a={ANSWERS[direction]}" in answered.sdp or direction == "sendrecv"

    def _confer(self, deed: str) -> None:
        if deed == "party comes" and not self.expected.party:
            self.rig.feed(AddParty(call_id=self.call_id, party_id="third", whom="station:1003", by=""))
            self.expected.party = self.rig.station_leg
            self.rig.feed(LegAnswered(leg_id=self.expected.party, sdp=AGENT_SDP))
        elif deed == "party goes" and self.expected.party:
            self.rig.feed(DropParty(call_id=self.call_id, party_id="third"))
            self.expected.party = ""

    def _check(self, before: dict[str, bool], told: int) -> None:
        expected, media = self.expected, self.rig.media
        present = {self.legs[who] for who in STATIONS if who not in expected.by_order}
        present |= {expected.party} - {""}
        mixed = {leg for members in media.mixes.values() for leg in members}
        together = mixed or set().union(*media.bridges)
        assert together == (present if mixed or len(present) > 1 else set())
        assert {who for who, leg in self.legs.items() if leg in media.playing} == expected.entertained
        assert expected.party not in media.playing
        assert list(self._told_since(told)) == list(self._changes(before))

    def _told_since(self, told: int) -> Iterator[tuple[type, str]]:
        for event in self.rig.events[told:]:
            if isinstance(event, CallHeld | CallResumed):
                yield type(event), event.by

    def _changes(self, before: dict[str, bool]) -> Iterator[tuple[type, str]]:
        for who, side in (("caller", "customer"), ("called", "station")):
            after = self.expected.holds(who)
            if before[who] is not after:
                yield (CallHeld if after else CallResumed), side


@given(deeds=st.lists(st.sampled_from(DEEDS), max_size=30))
def test_who_hears_what_follows_from_who_holds_now_whatever_came_before(
    deeds: Sequence[tuple[str, str, str]],
) -> None:
    talk = Talk()
    for deed in deeds:
        talk.do(*deed)
    for who in STATIONS:
        talk.do("verb", "call.retrieve", who)
        talk.do("phone", "sendrecv", who)
    assert talk.rig.media.playing == {}
    talk.rig.end("caller", Cause.NORMAL_CLEARING)
    talk.rig.assert_idle()
