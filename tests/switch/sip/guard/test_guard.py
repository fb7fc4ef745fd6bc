"""What the guard makes of messages, through the whole stack."""

from typing import Any

import pytest

from switch.causes import Cause
from switch.sip.commands import AnswerLeg, HangUpLeg
from switch.sip.events import LegArrived, LegEnded, StationRegistered
from switch.sip.guard.commands import BanSource, DelayMeasured, LiftBan, NoteRefusal
from switch.sip.guard.events import BanLifted, RefusalKind, SourceBanned, SourceRefused, SwitchOverloaded
from switch.sip.hop import Hop
from switch.sip.messages.message import Message
from tests.helpers.sip_messages import PHONE, SDP, authorized, make_request
from tests.helpers.sip_rig import LIFETIME_S, PASSWORD, STATION, SipRig, statuses

BAD = Hop("udp", "192.0.2.66", 5060)
CARRIER = Hop("udp", "198.51.100.1", 5060)
TAKEN = 0
"""No status: the call is reported, and what is said to its INVITE is not decided yet."""


class GuardRig(SipRig):
    """A stack that strangers speak to."""

    def __init__(self, **guard: Any) -> None:
        super().__init__(guard=guard)
        self._sent = 0

    def ask(self, method: str = "OPTIONS", hop: Hop = BAD, *, user_agent: str = "") -> list[int]:
        """A request outside any dialog; returns the statuses it is answered with at once, and TAKEN."""
        self._sent += 1
        request = make_request(
            method,
            branch=f"z9hG4bK{self._sent}",
            sip_call_id=f"{self._sent}@x",
            hop=hop,
            body=SDP if method == "INVITE" else "",
            user_agent=user_agent,
        )
        calls = len(self.reported(LegArrived))
        sent = self.receive(request, hop)
        return statuses(sent) + [TAKEN] * (len(self.reported(LegArrived)) - calls)

    def guess(self, hop: Hop = BAD, station: str = STATION, password: str = "guess") -> int:
        """Try to register; returns the status in the end."""
        self._sent += 1
        request = make_request(
            "REGISTER",
            caller=f"<sip:{station}@x>;tag=r",
            called=f"<sip:{station}@x>",
            branch=f"z9hG4bKguess{self._sent}",
            sip_call_id=f"guess{self._sent}",
            hop=hop,
        )
        challenged = self.receive(request, hop)
        if not challenged:
            return 0
        proof = authorized(request, self.one_response(challenged), user=station, password=password)
        return self.one_response(self.receive(proof, hop)).status

    def refusals(self, kind: RefusalKind) -> int:
        """How many of a kind were told, in whatever number of events."""
        self.pass_time(120)
        return sum(event.count for event in self.reported(SourceRefused) if event.kind is kind)

    def bans(self) -> list[str]:
        return [event.source for event in self.reported(SourceBanned)]

    def be_late(self, delay_s: float, seconds: float) -> None:
        """The probe measures this delay for so long."""
        for _ in range(round(seconds * 10)):
            self.pass_time(0.1)
            item = DelayMeasured(delay_s)
            self._collect(self.stack.routes()[DelayMeasured](item, self.now))


# -- floods ------------------------------------------------------------------------------------------


def test_a_flood_of_junk_bans_its_source_and_a_good_caller_is_served() -> None:
    rig = GuardRig(junk_burst=100)
    for number in range(5000):
        rig.receive(b"junk %d" % number, BAD)
    assert rig.bans() == [BAD.host]
    assert rig.ask("OPTIONS", BAD) == []
    assert rig.ask("INVITE", CARRIER) == [TAKEN]
    counts = rig.stack.guard.counts
    assert counts[RefusalKind.MALFORMED] + counts[RefusalKind.BANNED] == 5001
    assert counts[RefusalKind.MALFORMED] == 101
    assert rig.refusals(RefusalKind.MALFORMED) == 101
    assert rig.refusals(RefusalKind.BANNED) == 4900
    assert len(rig.reported(SourceRefused)) < 30


def test_a_flood_from_many_sources_leaves_the_tables_in_their_bounds() -> None:
    rig = GuardRig(max_sources=1000, max_bans=100, junk_burst=1, junk_per_s=0.1)
    for number in range(5000):
        hop = Hop("udp", f"10.{number // 65025}.{number // 255 % 255}.{number % 255}", 5060)
        rig.receive(b"junk", hop)
        rig.receive(b"junk", hop)
    assert len(rig.stack.guard.bans) == 100
    assert len(rig.stack.guard.bans.sources) <= 1000
    assert len(rig.reported(SourceBanned)) == 5000
    crowded_out = [event for event in rig.reported(BanLifted) if event.reason == "crowded out"]
    assert len(crowded_out) == 4900


def test_too_many_messages_are_dropped_and_many_more_ban() -> None:
    rig = GuardRig(messages_per_s=10, messages_burst=20)
    answered = sum(len(rig.ask()) for _ in range(30))
    assert (answered, rig.bans()) == (20, [])
    assert sum(len(rig.ask()) for _ in range(11)) == 0
    assert rig.bans() == [BAD.host]


def test_a_source_that_slows_down_is_served_again() -> None:
    rig = GuardRig(messages_per_s=10, messages_burst=20)
    for _ in range(30):
        rig.ask()
    rig.pass_time(1.0)
    assert sum(len(rig.ask()) for _ in range(12)) == 10
    assert rig.bans() == []


@pytest.mark.parametrize(
    ("method", "keys", "kind"),
    [
        ("REGISTER", {"registrations_per_s": 1, "registrations_burst": 5}, RefusalKind.REGISTRATION_RATE),
        ("INVITE", {"calls_per_s": 1, "calls_burst": 5}, RefusalKind.CALL_RATE),
        ("OPTIONS", {"open_transactions": 10}, RefusalKind.OPEN_TRANSACTIONS),
    ],
)
def test_too_many_requests_get_503_without_a_transaction(
    method: str, keys: dict[str, int], kind: RefusalKind
) -> None:
    rig = GuardRig(**keys)
    answers = [rig.ask(method) for _ in range(20)]
    taken = answers.index([503])
    assert answers.count([503]) == len(rig.reported(SourceRefused))
    kept = 0 if method == "REGISTER" else taken  # of a REGISTER without a password nothing is kept
    assert rig.stack.open_transactions == kept
    assert {event.kind for event in rig.reported(SourceRefused)} == {kind}


def test_a_refusal_asks_to_wait_a_time_that_is_the_same_for_each_repetition() -> None:
    rig = GuardRig(calls_per_s=1, calls_burst=1, retry_after_s=10)
    rig.ask("INVITE")
    waits = set()
    for number in range(20):
        name = f"n{number}"
        refused = make_request("INVITE", branch=f"z9hG4bK{name}", sip_call_id=name, hop=BAD, body=SDP)
        first, again = (rig.one_response(rig.receive(refused, BAD)) for _ in range(2))
        assert first == again
        waits.add(int(first.headers.get("retry-after") or ""))
        if rig.bans():
            break
    assert all(10 <= wait <= 20 for wait in waits)
    assert rig.receive(make_request("ACK", branch="z9hG4bKn0", sip_call_id="n0", hop=BAD), CARRIER) == []


def test_a_source_has_so_many_calls_and_gets_room_when_one_ends() -> None:
    rig = GuardRig(open_calls=3)
    assert [rig.ask("INVITE") for _ in range(4)] == [[TAKEN], [TAKEN], [TAKEN], [503]]
    assert rig.ask("INVITE", CARRIER) == [TAKEN]
    first = rig.reported(LegArrived)[0]
    rig.order(HangUpLeg(leg_id=first.leg_id, cause=Cause.USER_BUSY))
    assert [rig.ask("INVITE") for _ in range(2)] == [[TAKEN], [503]]


def test_what_was_open_is_let_go_of() -> None:
    rig = GuardRig()
    for _ in range(50):
        rig.ask("OPTIONS")
        rig.ask("INVITE")
    for arrived in rig.reported(LegArrived):
        rig.order(HangUpLeg(leg_id=arrived.leg_id, cause=Cause.USER_BUSY))
    rig.pass_time(3 * LIFETIME_S)
    guard = rig.stack.guard
    assert (len(guard._transactions), len(guard._calls), len(guard._legs)) == (0, 0, 0)


# -- scanners, passwords, lists ----------------------------------------------------------------------


def test_a_scanner_gets_silence_from_its_first_message_on() -> None:
    rig = GuardRig()
    assert rig.ask("OPTIONS", user_agent="friendly-scanner") == []
    assert rig.bans() == [BAD.host]
    assert rig.ask("OPTIONS", user_agent="Yealink") == []
    (event,) = rig.reported(SourceRefused)
    assert (event.kind, event.detail, event.status) == (RefusalKind.SCANNER, "friendly-scanner", None)


def test_a_series_of_wrong_passwords_bans() -> None:
    rig = GuardRig(password_failures_burst=10, password_failures_per_min=1)
    assert [rig.guess(station=str(number)) for number in range(12)] == [403] * 11 + [0]
    assert rig.bans() == [BAD.host]
    assert rig.reported(SourceBanned)[0].reason == "unknown_station"


def test_a_station_under_attack_registers_only_from_where_it_is_registered() -> None:
    rig = GuardRig(station_failures_burst=3, station_failures_per_min=1)
    assert rig.register(CARRIER).status == 200
    for number in range(5):
        assert rig.guess(Hop("udp", f"203.0.113.{number}", 5060)) == 403
    assert rig.guess(BAD, password=PASSWORD) == 403
    assert rig.reported(SourceRefused)[-1].kind is RefusalKind.STATION_UNDER_ATTACK
    assert rig.guess(CARRIER, password=PASSWORD) == 200
    rig.pass_time(61)
    assert rig.guess(BAD, password=PASSWORD) == 200
    assert len(rig.reported(StationRegistered)) >= 2


def test_two_hundred_phones_behind_one_address_may_start_anew_at_once() -> None:
    rig = GuardRig()
    nat = "203.0.113.9"
    for number in range(200):
        assert rig.guess(Hop("udp", nat, 20_000 + number), password=PASSWORD) == 200
    assert rig.reported(SourceRefused) == []


def test_who_is_allowed_is_never_limited_nor_banned() -> None:
    rig = GuardRig(allow=("198.51.100.0/24",), junk_burst=1, calls_burst=1, messages_burst=1, open_calls=1)
    for _ in range(50):
        rig.receive(b"junk", CARRIER)
        assert rig.ask("INVITE", CARRIER) == [TAKEN]
    assert rig.bans() == []
    assert rig.stack.guard.counts[RefusalKind.MALFORMED] == 50


def test_a_denied_network_gets_silence_and_is_told_of() -> None:
    rig = GuardRig(deny=("192.0.2.0/24", "2001:db8::/32"))
    assert rig.ask("OPTIONS", BAD) == rig.ask("OPTIONS", Hop("udp", "2001:db8::1", 5060)) == []
    assert rig.ask("OPTIONS", CARRIER) == [200]
    assert rig.refusals(RefusalKind.DENIED) == 2


def test_a_ban_ends_and_the_next_is_longer() -> None:
    rig = GuardRig(ban_s=600)
    rig.ask("OPTIONS", user_agent="sipvicious")
    rig.pass_time(599)
    assert rig.ask() == []
    rig.pass_time(2)
    assert rig.ask() == [200]
    assert rig.reported(BanLifted) == [BanLifted(source=BAD.host, reason="expired", dropped=1)]
    rig.ask("OPTIONS", user_agent="sipvicious")
    assert [event.duration_s for event in rig.reported(SourceBanned)] == [600, 1200]


def test_an_operators_ban_is_silence_until_it_is_lifted() -> None:
    rig = GuardRig()
    rig.order(BanSource(source=BAD.host, reason="盗打", duration_s=None))
    rig.pass_time(1e6)
    assert rig.ask() == []
    rig.order(LiftBan(source=BAD.host))
    assert rig.ask() == [200]


# -- admission ---------------------------------------------------------------------------------------


def in_dialog(rig: SipRig, method: str, answer: Message) -> list[int]:
    request = make_request(
        method,
        branch=f"z9hG4bKin{method}",
        cseq=2,
        sip_call_id=answer.headers.get("call-id") or "",
        called=answer.headers.get("to") or "",
        hop=CARRIER,
    )
    return statuses(rig.receive(request, CARRIER))


def test_when_late_new_calls_wait_and_running_ones_go_on() -> None:
    rig = GuardRig(max_loop_delay_ms=200)
    rig.ask("INVITE", CARRIER)
    (arrived,) = rig.reported(LegArrived)
    (answer,) = rig.order(AnswerLeg(leg_id=arrived.leg_id, sdp=SDP))
    rig.be_late(0.5, 3.0)
    assert [type(event) for event in rig.events if isinstance(event, SwitchOverloaded)] == [SwitchOverloaded]
    assert rig.ask("INVITE", CARRIER) == rig.ask("REGISTER", CARRIER) == rig.ask("INVITE", PHONE) == [503]
    assert rig.ask("OPTIONS", CARRIER) == [200]
    assert in_dialog(rig, "ACK", answer) == []
    assert in_dialog(rig, "BYE", answer) == [200]
    assert len(rig.reported(LegEnded)) == 1
    rig.be_late(0.0, 3.0)
    assert rig.ask("INVITE", CARRIER) == [TAKEN]
    assert rig.stack.guard.counts[RefusalKind.OVERLOAD] == 3
    assert rig.bans() == []


def test_there_are_never_more_calls_than_may_be() -> None:
    rig = GuardRig(max_calls=2)
    hops = [Hop("udp", f"198.51.100.{number}", 5060) for number in range(4)]
    assert [rig.ask("INVITE", hop) for hop in hops] == [[TAKEN], [TAKEN], [503], [503]]
    assert rig.stack.guard.counts[RefusalKind.MAX_CALLS] == 2


def test_what_others_refuse_is_counted_told_and_too_much_of_it_banned() -> None:
    rig = GuardRig(password_failures_burst=3)
    call = NoteRefusal(kind=RefusalKind.STRANGER, peer=str(BAD), detail="calls 00442079460000", status=603)
    for _ in range(3):
        rig.order(call)
    refused = rig.reported(SourceRefused)
    assert {(event.kind, event.source, event.detail, event.status) for event in refused} == {
        (RefusalKind.STRANGER, BAD.host, "calls 00442079460000", 603)
    }
    assert rig.ask() == [200]
    rig.order(call)
    assert rig.reported(SourceBanned)[0].reason == "stranger"
    assert rig.ask() == []
    assert rig.stack.guard.counts[RefusalKind.STRANGER] == 4
