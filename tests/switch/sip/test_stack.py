import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from runtime.vocabulary import Command, Event
from switch.causes import Cause
from switch.sip.capabilities import EXTENSIONS, SERVED
from switch.sip.commands import AnswerLeg, AnswerReoffer, DialStation, HangUpLeg, RingLeg
from switch.sip.events import (
    LegAnswered,
    LegArrived,
    LegConfirmed,
    LegEnded,
)
from switch.sip.guard.events import RefusalKind, SourceRefused
from switch.sip.messages.message import Message, Request, Response
from switch.sip.messages.parser import parse_message
from tests.helpers.sip_link import Node, SipLink
from tests.helpers.sip_messages import (
    PHONE,
    SDP,
    as_bytes,
    authorized,
    make_request,
    make_response,
)
from tests.helpers.sip_rig import LIFETIME_S, STATION, SipRig, statuses

# -- malformed and hostile messages ------------------------------------------------------------------

OPTIONS = as_bytes(make_request("OPTIONS"))


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (OPTIONS.replace(b"Content-Length: 0", b"Content-Length: 99"), 400),
        (OPTIONS.replace(b"Content-Length: 0", b"Content-Length: -1"), 400),
        (OPTIONS.replace(b"Content-Length: 0", b"Content-Length: many"), 400),
        (OPTIONS.replace(b"1 OPTIONS", b"1 INVITE"), 400),
        (OPTIONS.replace(b"1 OPTIONS", b"99999999999 OPTIONS"), 400),
        (OPTIONS.replace(b"SIP/2.0\r\nVia", b"SIP/7.0\r\nVia"), 505),
        (OPTIONS.replace(b"Call-ID: call@phone\r\n", b""), 400),
        (OPTIONS.replace(b"From: <sip:13800138000@phone>", b"From: <sip:13800138000@phone"), 400),
        (OPTIONS[: len(OPTIONS) // 2], 400),
    ],
    ids=[
        "short body",
        "negative",
        "no number",
        "wrong CSeq",
        "huge CSeq",
        "version",
        "no Call-ID",
        "From",
        "cut",
    ],
)
def test_a_malformed_request_is_answered_without_a_transaction(data: bytes, status: int) -> None:
    rig = SipRig()
    answer = rig.one_response(rig.receive(data))
    assert answer.status == status
    (event,) = rig.events
    assert isinstance(event, SourceRefused)
    assert (event.kind, event.peer, event.status) == (RefusalKind.MALFORMED, str(PHONE), status)
    assert rig.leftovers() == (0, 0, 0)
    assert rig.stack.counters.rejected == 1


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\xff\x16\x03\x01" * 50,
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"SIP/2.0 999 Odd\r\n\r\n",
        OPTIONS.replace(b"OPTIONS", b"ACK").replace(b"Content-Length: 0", b"Content-Length: 7"),
        OPTIONS.replace(b"Via: SIP/2.0/UDP", b"Via: junk"),
    ],
    ids=["binary", "HTTP", "status", "bad ACK", "no Via"],
)
def test_what_cannot_be_answered_is_dropped_and_reported(data: bytes) -> None:
    rig = SipRig()
    assert rig.receive(data) == []
    assert [event.status for event in rig.reported(SourceRefused)] == [None]


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\0"])
def test_keep_alives_are_nobodys_business(data: bytes) -> None:
    rig = SipRig()
    assert (rig.receive(data), rig.events, rig.stack.counters.rejected) == ([], [], 0)


def test_an_oversized_message_is_refused() -> None:
    rig = SipRig(max_message_bytes=2000)
    big = make_request("INVITE", body="x" * 2000)
    assert rig.one_response(rig.receive(big)).status == 513


def test_what_a_caller_claims_is_cut_and_cannot_steer_a_terminal() -> None:
    rig = SipRig()
    name = "\x1b[2J" + "王" * 300
    rig.receive(make_request("INVITE", body=SDP, caller=f'"{name}" <sip:{"1" * 5000}@x>;tag=a'))
    (arrived,) = rig.reported(LegArrived)
    assert arrived.caller_number == "1" * 256
    assert arrived.caller_name == "\ufffd[2J" + "王" * 252


def test_a_malformed_answer_is_dropped_and_counted() -> None:
    rig = SipRig()
    answer = as_bytes(make_response(make_request("OPTIONS"), 200)).replace(b"Via: SIP", b"Via: SOP")
    assert rig.receive(answer) == []
    assert rig.stack.counters.rejected == 1


def test_with_too_many_transactions_new_requests_get_503() -> None:
    rig = SipRig(max_transactions=100)
    for n in range(100):
        rig.receive(make_request("OPTIONS", branch=f"z9hG4bK{n}"))
    answer = rig.one_response(rig.receive(make_request("INVITE", branch="z9hG4bKmore", body=SDP)))
    assert answer.status == 503
    assert 10 <= int(answer.headers.get("retry-after") or "") <= 20
    assert [event.kind for event in rig.events] == [RefusalKind.OVERLOAD]
    rig.pass_time(LIFETIME_S)
    assert statuses(rig.hear_out(make_request("INVITE", branch="z9hG4bKmore", body=SDP))) == [100]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_to_a_message_makes_the_stack_fail_or_keep_anything(data: st.DataObject) -> None:
    method = data.draw(st.sampled_from(["INVITE", "REGISTER", "OPTIONS", "BYE", "CANCEL", "ACK"]))
    message = bytearray(as_bytes(make_request(method, body=SDP if method == "INVITE" else "")))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(message) - 1))
        junk = data.draw(st.binary(max_size=4))
        message[at : at + data.draw(st.integers(0, 8))] = junk
    rig = SipRig()
    rig.receive(bytes(message))
    for event in rig.reported(LegArrived):
        rig.order(HangUpLeg(leg_id=event.leg_id, cause=Cause.USER_BUSY))
    rig.pass_time(2 * LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


# -- requests outside dialogs --------------------------------------------------------------------------


def test_options_are_answered_with_what_we_can() -> None:
    answer = SipRig.one_response(SipRig().receive(make_request("OPTIONS", max_forwards="0")))
    assert answer.status == 200
    assert answer.headers.get("allow") == ", ".join(SERVED)
    assert answer.headers.get("accept") == ", ".join(
        ("application/sdp", "multipart/mixed", "text/plain", "application/dtmf-relay", "application/dtmf")
    )
    assert answer.headers.get("allow-events") == "dialog, message-summary, refer"
    assert answer.headers.get("supported") == ", ".join(EXTENSIONS)


@pytest.mark.parametrize(
    ("method", "status"),
    [("PUBLISH", 405), ("INFO", 481), ("DANCE", 501), ("BYE", 481)],
)
def test_a_method_that_makes_no_sense_here_is_refused(method: str, status: int) -> None:
    rig = SipRig()
    answer = rig.one_response(rig.receive(make_request(method)))
    assert answer.status == status
    if status != 481:
        assert answer.headers.get("allow") == ", ".join(SERVED)
    rig.pass_time(LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


@pytest.mark.parametrize("method", ["INVITE", "OPTIONS"])
def test_a_request_at_which_we_fail_is_refused_when_it_comes_again_and_keeps_no_place(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(request: Request) -> None:
        raise RuntimeError(f"fault at {request.method}")

    rig = SipRig(guard={"open_calls": 1})
    request = make_request(method, body=SDP)
    monkeypatch.setattr("switch.sip.user_agent.check_request", fail)
    with pytest.raises(RuntimeError, match="fault at"):
        rig.receive(request)
    monkeypatch.undo()
    assert statuses(rig.receive(request)) == [500]
    rig.pass_time(2 * LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)
    assert 503 not in statuses(rig.hear_out(make_request("INVITE", body=SDP, branch="z9hG4bKnext")))


@pytest.mark.parametrize("method", sorted(set(SERVED) - {"ACK", "CANCEL"}))
@pytest.mark.parametrize("tag", ["", ";tag=nobody"])
def test_every_method_we_tell_of_is_served(method: str, tag: str) -> None:
    answer = SipRig.one_response(SipRig().hear_out(make_request(method, called=f"<sip:95598@switch>{tag}")))
    assert answer.status not in (405, 501)


def test_strange_methods_are_counted_together() -> None:
    rig = SipRig()
    for word in ("DANCE", "SING", "INVITE"):
        rig.receive(make_request(word, branch=f"z9hG4bK{word}"))
    assert rig.stack.counters.requests_received == {"other": 2, "INVITE": 1}


# -- two stacks on a bad network -------------------------------------------------------------------------


def connect(link: SipLink) -> tuple[Node, Node]:
    """A switch and a peer, whose address is registered at the switch as the station."""
    switch = link.add(5060, stations=(STATION,))
    peer = link.add(PHONE.port)
    address = f"<sip:{STATION}@127.0.0.1>"
    register = make_request(
        "REGISTER", uri="sip:127.0.0.1", caller=f"{address};tag=r", called=address, sip_call_id="register"
    )
    link.inject(PHONE, switch, as_bytes(register))
    challenge = parse_message(link.messages_to(PHONE)[-1])
    assert isinstance(challenge, Response)
    proof = authorized(register, challenge, user=STATION, password=STATION[::-1])
    link.inject(PHONE, switch, as_bytes(proof))
    assert len(switch.stack.registrations(link.now)) == 1
    return switch, peer


def answer_calls(event: Event) -> list[Command]:
    if isinstance(event, LegArrived):
        return [RingLeg(leg_id=event.leg_id), AnswerLeg(leg_id=event.leg_id, sdp=SDP)]
    return []


def check_ends(*nodes: Node) -> None:
    """Every leg ended exactly once, and nothing is left."""
    for node in nodes:
        ended = [event.leg_id for event in node.of(LegEnded)]
        assert len(ended) == len(set(ended))
        assert {event.leg_id for event in node.of(LegArrived)} <= set(ended)
        stack = node.stack
        assert (stack.open_legs, stack.open_dialogs, stack.open_transactions) == (0, 0, 0)


@pytest.mark.parametrize("seed", range(20))
def test_calls_over_a_bad_network_come_to_their_end_and_leave_nothing(seed: int) -> None:
    link = SipLink(seed=seed, loss=0.25, doubling=0.15, jitter_s=0.3)
    switch, peer = connect(link)
    peer.reaction = answer_calls
    dialled = [f"dialled-{n}" for n in range(10)]
    for leg_id in dialled:
        link.command(
            switch,
            DialStation(leg_id=leg_id, station=STATION, caller_number="138", caller_name="", sdp=SDP),
        )
    link.run(20)
    confirmed = {event.leg_id for event in peer.of(LegConfirmed)}
    assert len(switch.of(LegAnswered)) >= 9
    assert len(confirmed) >= 9
    for n, leg_id in enumerate(dialled):
        cause = Cause.NORMAL_CLEARING
        if n % 2:
            link.command(switch, HangUpLeg(leg_id=leg_id, cause=cause))
    for event in peer.of(LegArrived)[::2]:
        link.command(peer, HangUpLeg(leg_id=event.leg_id, cause=Cause.USER_BUSY))
    link.run(20)
    for leg_id in dialled:
        link.command(switch, HangUpLeg(leg_id=leg_id, cause=Cause.NORMAL_CLEARING))
    link.run(3 * LIFETIME_S)
    for event in peer.of(LegArrived):
        link.command(peer, HangUpLeg(leg_id=event.leg_id, cause=Cause.NORMAL_CLEARING))
    link.run(3 * LIFETIME_S)
    assert {event.leg_id for event in switch.of(LegEnded)} == set(dialled)
    check_ends(switch, peer)


def test_a_good_network_needs_no_repetition() -> None:
    link = SipLink()
    switch, peer = connect(link)
    peer.reaction = answer_calls
    link.command(
        switch, DialStation(leg_id="leg", station=STATION, caller_number="138", caller_name="", sdp=SDP)
    )
    link.run(1)
    link.command(switch, HangUpLeg(leg_id="leg", cause=Cause.USER_BUSY))
    link.run(2 * LIFETIME_S)
    assert [event.cause for event in peer.of(LegEnded)] == [Cause.USER_BUSY]
    assert switch.stack.counters.retransmissions_sent == peer.stack.counters.retransmissions_sent == 0
    check_ends(switch, peer)


# -- anything the exchange may order and a peer may do, in any order -------------------------------------

CAUSES = st.sampled_from([Cause.NORMAL_CLEARING, Cause.USER_BUSY, Cause.SWITCH_CONGESTION])
TAGS = st.sampled_from(["one", "two"])


class AnyOrder(RuleBasedStateMachine):
    """One call each way at a time; the peer knows the rules of SIP but not those of politeness."""

    def __init__(self) -> None:
        super().__init__()
        self.rig = SipRig()
        self.rig.register()
        self.calls = 0
        self.dialled: list[str] = []
        self.invite: Request | None = None
        self.called = ""
        self.cseq = 1

    @rule()
    def caller_invites(self) -> None:
        self.calls += 1
        self.called, self.cseq = "<sip:95598@switch>", 1
        self._hear(self.rig.receive(self._ask("INVITE", body=SDP)))

    @precondition(lambda self: self.calls)
    @rule(method=st.sampled_from(["BYE", "INVITE", "OPTIONS", "INFO"]), body=st.sampled_from(["", SDP]))
    def caller_asks_in_dialog(self, method: str, body: str) -> None:
        self.cseq += 1
        self._hear(self.rig.receive(self._ask(method, body=body)))

    @precondition(lambda self: self.calls)
    @rule(method=st.sampled_from(["ACK", "CANCEL"]), new_branch=st.booleans())
    def caller_follows_up(self, method: str, new_branch: bool) -> None:
        self._hear(self.rig.receive(self._ask(method, suffix="ack" if new_branch else "")))

    @rule(station=st.sampled_from([STATION, "nobody"]))
    def exchange_dials(self, station: str) -> None:
        leg_id = f"dialled-{len(self.dialled)}"
        self.dialled.append(leg_id)
        command = DialStation(leg_id=leg_id, station=station, caller_number="1", caller_name="", sdp=SDP)
        self._hear(self.rig.order(command))

    @precondition(lambda self: self.invite)
    @rule(
        status=st.sampled_from([100, 180, 183, 200, 302, 486, 487]), tag=TAGS, body=st.sampled_from(["", SDP])
    )
    def station_answers(self, status: int, tag: str, body: str) -> None:
        assert self.invite is not None
        self._hear(self.rig.receive(make_response(self.invite, status, tag=tag, body=body)))

    @precondition(lambda self: self.invite)
    @rule(tag=TAGS, method=st.sampled_from(["BYE", "INVITE"]))
    def station_asks_in_dialog(self, tag: str, method: str) -> None:
        assert self.invite is not None
        headers = self.invite.headers
        self.cseq += 1
        self._hear(
            self.rig.receive(
                make_request(
                    method,
                    branch=f"z9hG4bKstation{self.cseq}",
                    cseq=self.cseq,
                    caller=f"{headers.get('to')};tag={tag}",
                    called=headers.get("from") or "",
                    sip_call_id=headers.get("call-id") or "",
                )
            )
        )

    @precondition(lambda self: self._open())
    @rule(data=st.data())
    def exchange_orders(self, data: st.DataObject) -> None:
        leg_id = data.draw(st.sampled_from(self._open()))
        orders: list[Command] = [
            HangUpLeg(leg_id=leg_id, cause=data.draw(CAUSES), retry_after_s=5),
            AnswerReoffer(leg_id=leg_id, sdp=data.draw(st.sampled_from([None, SDP]))),
        ]
        if leg_id in self._unanswered():
            orders += [RingLeg(leg_id=leg_id), AnswerLeg(leg_id=leg_id, sdp=SDP)]
        order = data.draw(st.sampled_from(orders))
        if isinstance(order, AnswerLeg):
            self.answered.add(leg_id)
        self._hear(self.rig.order(order))

    @rule(seconds=st.sampled_from([0.1, 0.6, 5.0, 33.0]))
    def time_passes(self, seconds: float) -> None:
        self._hear(self.rig.pass_time(seconds))

    @invariant()
    def no_leg_ends_twice(self) -> None:
        ended = [event.leg_id for event in self.rig.reported(LegEnded)]
        assert len(ended) == len(set(ended))
        assert self.rig.stack.open_legs == len(self._open())

    def teardown(self) -> None:
        for leg_id in self._open():
            self.rig.order(HangUpLeg(leg_id=leg_id, cause=Cause.NORMAL_CLEARING))
        assert self._open() == []
        self.rig.pass_time(3 * LIFETIME_S)
        assert self.rig.leftovers() == (0, 0, 0)

    def _ask(self, method: str, *, body: str = "", suffix: str = "") -> Request:
        return make_request(
            method,
            branch=f"z9hG4bK{self.calls}.{self.cseq}{suffix}",
            cseq=self.cseq,
            sip_call_id=f"call-{self.calls}",
            called=self.called,
            body=body,
        )

    def _hear(self, messages: list[Message]) -> None:
        for message in messages:
            if isinstance(message, Request) and message.method == "INVITE":
                self.invite = message
            if isinstance(message, Response) and message.headers.get("call-id") == f"call-{self.calls}":
                self.called = message.headers.get("to") or ""

    @property
    def answered(self) -> set[str]:
        return self.__dict__.setdefault("_answered", set())  # type: ignore[no-any-return]

    def _unanswered(self) -> list[str]:
        return [e.leg_id for e in self.rig.reported(LegArrived) if e.leg_id not in self.answered]

    def _open(self) -> list[str]:
        ended = {event.leg_id for event in self.rig.reported(LegEnded)}
        arrived = [event.leg_id for event in self.rig.reported(LegArrived)]
        return [leg_id for leg_id in arrived + self.dialled if leg_id not in ended]


AnyOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
test_whatever_happens_every_leg_ends_once_and_nothing_is_left = AnyOrder.TestCase
