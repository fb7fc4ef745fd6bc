"""Conferences: who talks with whom as parties come and go, and who is recorded where."""

from collections.abc import Callable
from typing import Any

import pytest

from media.commands import Channel, MixRole
from runtime.errors import UsageError
from runtime.ids import SeededIds
from switch.causes import Cause
from switch.commands import AnswerCall, HangUpCall, HoldCall
from switch.conference_verbs import ConferenceVerbs
from switch.conferring import MOST_PARTIES
from switch.events import (
    CallConnected,
    CallTransferred,
    PartyAdded,
    PartyJoined,
    PartyLeft,
    PartyMuted,
    TransferKind,
)
from switch.reach import Reach
from switch.sip.commands import DialStation
from switch.sip.events import LegAnswered, LegReoffered, LegRinging
from switch.trunks.commands import DialTrunk
from tests.helpers.exchange_rig import AGENT_SDP, OUTSIDE_NUMBER, TARGETS
from tests.helpers.supervision_rig import SupervisionRig

SPEAKER, MONITOR = MixRole.SPEAKER, MixRole.MONITOR


class ConferenceRig(SupervisionRig):
    """A customer who talks to station 1001, and the verbs of conferences."""

    def __init__(self) -> None:
        super().__init__()
        reach = Reach(
            contacts=lambda station: ("a phone",) if station in self.registered else (),
            has_route={OUTSIDE_NUMBER}.__contains__,
            may_dial=lambda station, number: True,
            knows_target=TARGETS.__contains__,
            access_codes=frozenset(),
        )
        verbs = ConferenceVerbs(self.exchange, reach, SeededIds(), self.driver.submit).verbs()
        self.conference = {verb.name: verb for verb in verbs}
        self.call_id = self.customer_talks()

    def ask(self, verb: str, **params: object) -> Any:
        entry = self.conference[verb]
        return entry.handle(entry.params.model_validate({"call_id": self.call_id, **params}))

    def add(self, whom: str = "station:1002") -> tuple[str, str]:
        """A party is rung and answers; returns its id and its leg."""
        party_id = self.ask("call.add_party", whom=whom)["party_id"]
        outside = whom.startswith("number")
        leg_id = self.last(DialTrunk).leg_id if outside else self.last(DialStation).leg_id
        self.feed(LegAnswered(leg_id=leg_id, sdp=AGENT_SDP))
        return party_id, leg_id


@pytest.fixture
def rig() -> ConferenceRig:
    return ConferenceRig()


def test_a_party_is_rung_while_the_two_talk_and_then_all_hear_each_other(rig: ConferenceRig) -> None:
    answer = rig.ask("call.add_party", whom="station:1002", by="张伟")
    leg_id = rig.station_leg
    rig.feed(LegRinging(leg_id=leg_id, status=180, sdp=AGENT_SDP))
    assert rig.media.bridges == {frozenset(("customer", rig.agent))}
    told = rig.last(PartyAdded)
    assert (told.party_id, told.whom, told.by) == (answer["party_id"], "station:1002", "张伟")
    rig.answer_station()
    assert rig.roles == {"customer": SPEAKER, rig.agent: SPEAKER, leg_id: SPEAKER}
    assert rig.last(PartyJoined).leg_id == leg_id
    (party,) = rig.ask("call.parties")
    assert (party["talks"], party["muted"]) == (True, False)


def test_the_customer_is_recorded_left_and_all_others_right(rig: ConferenceRig) -> None:
    _, colleague = rig.add()
    _, outside = rig.add(f"number:{OUTSIDE_NUMBER}")
    expected = {
        "customer": Channel.CUSTOMER,
        rig.agent: Channel.AGENT,
        colleague: Channel.BESIDE,
        outside: Channel.BESIDE,
    }
    assert rig.media.recorded == expected


def test_one_who_is_muted_hears_all_and_is_heard_and_recorded_by_nobody(rig: ConferenceRig) -> None:
    party_id, leg_id = rig.add()
    for _ in range(2):
        rig.ask("call.mute_party", party_id=party_id)
    assert (rig.roles[leg_id], leg_id in rig.media.recorded) == (MONITOR, False)
    rig.ask("call.unmute_party", party_id=party_id)
    assert (rig.roles[leg_id], rig.media.recorded[leg_id]) == (SPEAKER, Channel.BESIDE)
    assert [event.muted for event in rig.all(PartyMuted)] == [True, False]


def test_one_who_is_muted_while_rung_comes_in_muted(rig: ConferenceRig) -> None:
    party_id = rig.ask("call.add_party", whom="station:1002")["party_id"]
    rig.ask("call.mute_party", party_id=party_id)
    leg_id = rig.answer_station()
    assert rig.roles[leg_id] is MONITOR


def test_the_two_talk_on_when_a_party_hangs_up_or_is_dropped(rig: ConferenceRig) -> None:
    party_id, leg_id = rig.add()
    rig.end(leg_id, Cause.NORMAL_CLEARING)
    assert rig.last(PartyLeft).joined
    party_id, leg_id = rig.add()
    rig.ask("call.drop_party", party_id=party_id)
    assert leg_id in rig.hung_up()
    assert [event.joined for event in rig.all(PartyLeft)] == [True, True]
    assert rig.roles == {"customer": SPEAKER, rig.agent: SPEAKER}


@pytest.mark.parametrize("cause", [Cause.USER_BUSY, Cause.NO_ANSWER])
def test_one_who_cannot_be_had_is_told_of_and_the_two_talk_on(rig: ConferenceRig, cause: Cause) -> None:
    rig.ask("call.add_party", whom="station:1002")
    rig.end(rig.station_leg, cause)
    left = rig.last(PartyLeft)
    assert (left.cause, left.joined) == (cause, False)
    assert rig.media.bridges == {frozenset(("customer", rig.agent))}


def test_the_customers_end_is_everybodys(rig: ConferenceRig) -> None:
    legs = {rig.add()[1], rig.add("station:1003")[1]}
    rig.end("customer", Cause.NORMAL_CLEARING)
    assert rig.hung_up() >= legs
    assert len(rig.all(PartyLeft)) == 2
    rig.assert_idle()


def test_when_the_station_leaves_the_first_party_has_its_place_and_the_others_stay(
    rig: ConferenceRig,
) -> None:
    _, second = rig.add("station:1002")
    _, third = rig.add("station:1003")
    rig.end(rig.agent, Cause.NORMAL_CLEARING)
    told = rig.last(CallTransferred)
    assert (told.kind, told.by, told.target) == (TransferKind.CONFERENCE, "1001", "station:1002")
    assert rig.last(CallConnected).station == "1002"
    assert rig.roles == {"customer": SPEAKER, second: SPEAKER, third: SPEAKER}
    assert rig.media.recorded == {
        "customer": Channel.CUSTOMER,
        second: Channel.AGENT,
        third: Channel.BESIDE,
    }
    rig.end(third, Cause.NORMAL_CLEARING)
    rig.end(second, Cause.NORMAL_CLEARING)
    assert len(rig.all(PartyLeft)) == 2
    rig.assert_idle()


def test_a_consultation_becomes_a_conference(rig: ConferenceRig) -> None:
    rig.feed(LegReoffered(leg_id=rig.agent, sdp=AGENT_SDP + "a=sendonly\r\n"))
    other = rig.call_between("1001", "1002", "consultation")
    consulted = rig.station_leg
    answer = rig.ask("call.join_calls", from_call_id=other)
    assert (answer["whom"], answer["talks"]) == ("station:1002", True)
    assert rig.hung_up() == {"consultation"}
    assert rig.roles == {"customer": SPEAKER, rig.agent: SPEAKER, consulted: SPEAKER}
    assert rig.media.recorded[consulted] is Channel.BESIDE
    (call,) = rig.exchange.calls()
    assert call.call_id == rig.call_id
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_a_supervisor_hears_all_of_a_conference(rig: ConferenceRig) -> None:
    own = rig.listens("call.monitor", agent="81")
    _, party = rig.add()
    assert rig.roles == {"customer": SPEAKER, rig.agent: SPEAKER, party: SPEAKER, own: MONITOR}
    rig.call("call.stop_supervising")
    assert rig.roles == {"customer": SPEAKER, rig.agent: SPEAKER, party: SPEAKER}


def test_nobody_hears_music_when_one_of_a_conference_holds(rig: ConferenceRig) -> None:
    rig.add()
    rig.feed(LegReoffered(leg_id=rig.agent, sdp=AGENT_SDP + "a=sendonly\r\n"))
    assert rig.media.playing == {}


@pytest.mark.parametrize("by", ["phone", "verb"])
def test_one_who_is_held_hears_music_before_a_party_comes_and_after_the_last_has_left(
    rig: ConferenceRig, by: str
) -> None:
    on_hold = LegReoffered(leg_id=rig.agent, sdp=AGENT_SDP + "a=sendonly\r\n")
    rig.feed(on_hold if by == "phone" else HoldCall(call_id=rig.call_id, leg_id=rig.agent))
    assert rig.media.playing.keys() == {"customer"}
    first, _ = rig.add()
    _, last = rig.add("station:1003")
    rig.ask("call.drop_party", party_id=first)
    assert rig.media.playing == {}
    rig.end(last, Cause.NORMAL_CLEARING)
    assert rig.media.playing.keys() == {"customer"}


def test_a_phone_steps_in_for_a_party(rig: ConferenceRig) -> None:
    _, party = rig.add()
    rig.arrive("colleague", "anything", station="1003", replaces=party)
    assert rig.roles == {"customer": SPEAKER, rig.agent: SPEAKER, "colleague": SPEAKER}
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()


@pytest.mark.parametrize(
    "goes",
    [
        lambda rig: rig.refer(rig.agent, "95598"),
        lambda rig: rig.feed(HangUpCall(call_id=rig.call_id, cause=Cause.MANAGER_REQUEST)),
        lambda rig: (rig.refer(rig.agent, "1003"), rig.answer_station()),
    ],
    ids=["transfer to a flow", "hang-up", "transfer to a station"],
)
def test_the_conference_is_over_when_the_call_goes_elsewhere(
    rig: ConferenceRig, goes: Callable[[ConferenceRig], object]
) -> None:
    _, party = rig.add()
    goes(rig)
    assert party in rig.hung_up()
    assert rig.roles == {}
    rig.feed(HangUpCall(call_id=rig.call_id, cause=Cause.MANAGER_REQUEST))
    rig.assert_idle()


# -- what is refused -------------------------------------------------------------------------------------


def test_sixteen_talk_and_no_more(rig: ConferenceRig) -> None:
    for number in range(MOST_PARTIES):
        rig.registered.add(f"30{number}")
        rig.add(f"station:30{number}")
    assert len(rig.roles) == 16
    with pytest.raises(UsageError, match="16 are in call"):
        rig.ask("call.add_party", whom="station:1002")


@pytest.mark.parametrize(
    ("verb", "params", "why"),
    [
        ("call.add_party", {"whom": "station:1009"}, "no phone is registered at station 1009"),
        ("call.add_party", {"whom": "station:acme/1002"}, "station acme/1002 is of another call centre"),
        ("call.add_party", {"whom": "number:4711"}, "no route leads to 4711"),
        ("call.add_party", {"whom": "station:1002", "call_id": "none"}, "no call none is up"),
        ("call.drop_party", {"party_id": "none"}, "has no party none"),
        ("call.drop_party", {"party_id": "o1"}, "has no party o1"),
        ("call.mute_party", {"party_id": "none"}, "has no party none"),
        ("call.join_calls", {"from_call_id": "none"}, "no call none is up"),
        ("call.parties", {"call_id": "none"}, "no call none is up"),
    ],
)
def test_what_is_in_vain_is_refused(rig: ConferenceRig, verb: str, params: dict[str, str], why: str) -> None:
    before = len(rig.commands)
    with pytest.raises(UsageError, match=why):
        rig.ask(verb, **params)
    assert len(rig.commands) == before


def test_nobody_is_added_where_nobody_talks(rig: ConferenceRig) -> None:
    alerting = rig.arrive("customer-2")
    for state in ("alerting", "answered"):
        with pytest.raises(UsageError, match=f"is {state}: nobody talks in it yet"):
            rig.ask("call.add_party", whom="station:1002", call_id=alerting)
        rig.feed(AnswerCall(call_id=alerting))


def test_calls_of_different_stations_are_not_joined(rig: ConferenceRig) -> None:
    other = rig.call_between("1002", "1003", "strangers")
    with pytest.raises(UsageError, match="no station talks in both"):
        rig.ask("call.join_calls", from_call_id=other)
    with pytest.raises(UsageError, match="no station talks in both"):
        rig.ask("call.join_calls", from_call_id=rig.call_id)
