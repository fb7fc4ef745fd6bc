"""Golden traces of call flows: what the neighbours say, what is ordered, and what the switch must say to it.

A line of a trace is one of

    $name = text                                  a value with a name
    alice at 127.0.0.1:6001                       a neighbour
    alice -> switch INVITE sip:bob@127.0.0.1      a message of a neighbour; header lines follow, indented
    switch -> alice 180 Ringing                   the next message of the switch
    order ring                                    what the owner of the leg wants
    pass 0.5 s                                    time

In headers of the switch ``*`` stands for any text, and a ``$name`` without a value gets one where it stands
first; ``-`` says that a header must not be there, ``<SDP>`` that a session description comes along. Every
message of the switch is also held against RFC 3261's rules for its kind.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from runtime.vocabulary import Command
from switch.causes import Cause
from switch.sip.authentication.client_authentication import Account
from switch.sip.commands import AnswerLeg, AnswerReoffer, DialLeg, DialStation, HangUpLeg, ReofferLeg, RingLeg
from switch.sip.hop import Hop
from switch.sip.legs.branches import Branch, Forking
from switch.sip.messages.header_values import parse_name_addr, parse_via, split_values
from switch.sip.messages.message import Headers, Message, Request, Response
from tests.helpers.sip_messages import SDP, authorize
from tests.helpers.sip_rig import PASSWORD, SipRig

_STEP = re.compile(r"(\w+) -> (\w+) +(.+)")
_NEIGHBOUR = re.compile(r"(\w+) at ([0-9.]+):([0-9]+)")
_VARIABLE = re.compile(r"\$(\w+)")
_WITH_SDP = "<SDP>"
_DIALOG_OPENING = range(180, 300)
CALLER_LEG, CALLED_LEG = "leg-1", "called"


@dataclass
class Step:
    """A message, as the trace has it."""

    sender: str
    receiver: str
    start: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    has_sdp: bool = False


class CallFlow:
    """Replays one trace against a stack."""

    def __init__(self, path: Path) -> None:
        self._lines = deque(_lines(path))
        self._values: dict[str, str] = {}
        self._hops: dict[str, Hop] = {}
        self._said: deque[tuple[Hop, Message]] = deque()
        self._heard: list[Request] = []
        """The requests of neighbours."""
        self._asked: list[Request] = []
        """The requests of the switch."""
        self._challenge = ""
        self.rig = SipRig(stations=("bob",), realm="biloxi.example.com")

    def run(self) -> None:
        """To the end of the trace; everything that was said must be in it."""
        while self._lines:
            line = self._lines.popleft()
            if found := _STEP.fullmatch(line):
                self._take(self._step(*found.groups()), line)
            elif found := _NEIGHBOUR.fullmatch(line):
                self._hops[found[1]] = Hop("udp", found[2], int(found[3]))
            elif line.startswith("$"):
                name, _, value = line[1:].partition(" = ")
                self._values[name] = self._filled(value)
            else:
                self._direct(line)
        assert not self._said, f"not in the trace: {self._said[0]}"

    def _step(self, sender: str, receiver: str, start: str) -> Step:
        step = Step(sender, receiver, start)
        while self._lines and self._lines[0].startswith(" "):
            line = self._lines.popleft().strip()
            if line == _WITH_SDP:
                step.has_sdp = True
            else:
                name, _, value = line.partition(": ")
                step.headers.append((name.lower(), value))
        return step

    def _take(self, step: Step, line: str) -> None:
        if step.sender == "switch":
            assert self._said, f"the switch does not say: {line}"
            hop, message = self._said.popleft()
            self._check(step, hop, message, line)
            return
        self._must_have_said_all(line)
        hop = self._hops[step.sender]
        message = self._message(step)
        if isinstance(message, Request):
            self._heard.append(message)
        self._note(self.rig.receive(message, hop))

    def _direct(self, line: str) -> None:
        self._must_have_said_all(line)
        verb, _, rest = line.partition(" ")
        if verb == "pass":
            self._note(self.rig.pass_time(float(rest.removesuffix(" s"))))
        else:
            assert verb == "order", f"not a line of a trace: {line}"
            self._note(self.rig.order(self._command(*rest.split())))

    def _must_have_said_all(self, line: str) -> None:
        assert not self._said, f"before «{line}», not in the trace: {self._said[0]}"

    def _note(self, sent: list[Message]) -> None:
        hops = self.rig.hops[len(self.rig.hops) - len(sent) :]
        self._said.extend(zip(hops, sent, strict=True))

    # -- what is ordered -----------------------------------------------------------------------------

    def _command(self, what: str, *names: str) -> Command:
        match what:
            case "ring":
                return RingLeg(leg_id=CALLER_LEG)
            case "answer":
                return AnswerLeg(leg_id=CALLER_LEG, sdp=SDP)
            case "answer-reoffer":
                return AnswerReoffer(leg_id=CALLER_LEG, sdp=SDP)
            case "reoffer":
                return ReofferLeg(leg_id=CALLER_LEG, sdp=SDP.replace("4000", "4002"))
            case "hang-up" | "give-up":
                cause = Cause[names[0]] if names else Cause.NORMAL_CLEARING
                return HangUpLeg(leg_id=CALLER_LEG if what == "hang-up" else CALLED_LEG, cause=cause)
            case "ring-station":
                return DialStation(
                    leg_id=CALLED_LEG, station=names[0], caller_number="alice", caller_name="Alice", sdp=SDP
                )
        assert what == "dial", f"nobody knows how to {what}"
        branches = tuple(self._branch(name) for name in names)
        return DialLeg(
            leg_id=CALLED_LEG,
            branches=branches,
            sdp=SDP,
            forking=Forking.SERIAL,
            attempt_timeout_s=4.0,
        )

    def _branch(self, name: str) -> Branch:
        return Branch(
            name=name,
            uri="sip:bob@biloxi.example.com",
            hop=self._hops[name],
            caller="Alice <sip:alice@atlanta.example.com>",
            called="Bob <sip:bob@biloxi.example.com>",
            credentials=Account("alice", PASSWORD),
            redirects=1,
        )

    # -- what neighbours say -------------------------------------------------------------------------

    def _message(self, step: Step) -> Message:
        body = SDP.encode() if step.has_sdp else b""
        if step.start[0].isdigit():
            status, _, reason = step.start.partition(" ")
            return Response(int(status), reason, self._answering(step), body)
        method, uri = self._filled(step.start).split(" ", 1)
        headers = Headers({"max-forwards": ["70"]})
        request = Request(method, uri, headers, body)
        self._put(step, headers, request)
        return request

    def _answering(self, step: Step) -> Headers:
        """The headers of an answer to the last request of the switch of the method in CSeq, or the last."""
        method = dict(step.headers).get("cseq", "").partition(" ")[2]
        asked = next(
            r for r in reversed(self._asked) if r.method not in ("ACK",) and method in ("", r.method)
        )
        copied = ("via", "from", "to", "call-id", "cseq", "record-route")
        headers = Headers({name: list(v) for name in copied if (v := asked.headers.get_all(name))})
        self._put(step, headers, None)
        return headers

    def _put(self, step: Step, headers: Headers, request: Request | None) -> None:
        if step.has_sdp:
            headers.set("content-type", "application/sdp")
        written: dict[str, list[str]] = {}
        for name, value in step.headers:
            written.setdefault(name, []).append(self._filled(value))
        for name, values in written.items():
            if name == "authorization" and request is not None:
                values = [self._proof(values[0], request)]
            headers.set_all(name, values)

    def _proof(self, account: str, request: Request) -> str:
        """``user password`` becomes the proof that the last challenge asked for."""
        user, password = account.split()
        return authorize(
            self._challenge,
            user=user,
            password=password,
            method=request.method,
            uri=request.uri,
            cnonce="0a4f",
        )

    def _filled(self, text: str) -> str:
        return _VARIABLE.sub(lambda found: self._values[found[1]], text)

    # -- what the switch says ------------------------------------------------------------------------

    def _check(self, step: Step, hop: Hop, message: Message, line: str) -> None:
        assert hop == self._hops[step.receiver], f"«{line}» went to {hop}"
        said = (
            f"{message.method} {message.uri}"
            if isinstance(message, Request)
            else f"{message.status} {message.reason}"
        )
        self._match(step.start, said, line)
        for name, pattern in step.headers:
            values = message.headers.get_all(name)
            if pattern == "-":
                assert not values, f"«{line}» has {name}: {values}"
            else:
                self._match(pattern, ", ".join(values), f"{line}: {name}")
        assert bool(message.body) == step.has_sdp, f"«{line}» has the body {message.body!r}"
        if isinstance(message, Request):
            check_request(message, self._asked)
            self._asked.append(message)
        else:
            check_response(message, self._heard)
            self._challenge = message.headers.get("www-authenticate") or self._challenge

    def _match(self, pattern: str, text: str, where: str) -> None:
        parts: list[str] = []
        new: list[str] = []
        for piece in re.split(r"(\$\w+|\*)", pattern):
            if piece == "*":
                parts.append(".*")
            elif piece.startswith("$") and piece[1:] not in self._values:
                new.append(piece[1:])
                parts.append(f"(?P<{piece[1:]}>[^;,>]+)")
            else:
                parts.append(re.escape(self._filled(piece)))
        found = re.fullmatch("".join(parts), text)
        assert found is not None, f"{where}: {text!r} is not {self._filled_as_far(pattern)!r}"
        self._values.update({name: found[name] for name in new})

    def _filled_as_far(self, pattern: str) -> str:
        return _VARIABLE.sub(lambda found: self._values.get(found[1], found[0]), pattern)


def check_response(answer: Response, heard: list[Request]) -> None:
    """RFC 3261 §8.2.6: an answer repeats what identifies its request."""
    headers = answer.headers
    request = next(
        one
        for one in reversed(heard)
        if one.headers.get("cseq") == headers.get("cseq") and one.method != "ACK"
    )
    for name in ("from", "call-id", "cseq"):
        assert headers.get_all(name) == request.headers.get_all(name)
    ours, theirs = (split_values(one.headers.get_all("via")) for one in (answer, request))
    assert [parse_via(via)[:3] for via in ours] == [parse_via(via)[:3] for via in theirs]
    assert [parse_via(via).branch for via in ours] == [parse_via(via).branch for via in theirs]
    assert (parse_name_addr(headers.get("to") or "").tag is not None) == (
        answer.status > 100 or ";tag=" in (request.headers.get("to") or "")
    )
    if request.method == "INVITE" and answer.status in _DIALOG_OPENING:  # RFC 3261 §12.1.1
        assert headers.get_all("record-route") == request.headers.get_all("record-route")
        assert headers.get("contact")


def check_request(request: Request, asked: list[Request]) -> None:
    """RFC 3261 §8.1.1, §9.1, §12.2.1.1, §17.1.1.3: branches, numbers, and what every request has."""
    headers = request.headers
    number, method = (headers.get("cseq") or "").split()
    assert method == request.method
    assert headers.get("max-forwards") == "70"
    (via,) = headers.get_all("via")
    branch = parse_via(via).branch or ""
    assert branch.startswith("z9hG4bK")
    same = [one for one in asked if _branch(one) == branch]
    if request.method in ("ACK", "CANCEL") and same:
        invite = same[0]
        assert (invite.method, invite.uri) == ("INVITE", request.uri)
        assert (invite.headers.get("cseq") or "").split()[0] == number
    elif same:
        assert (same[0].method, same[0].headers) == (request.method, headers), (
            "a repetition is the same again"
        )
    else:
        earlier = [one for one in asked if one.headers.get("call-id") == headers.get("call-id")]
        numbers = [int((one.headers.get("cseq") or "").split()[0]) for one in earlier if one.method != "ACK"]
        assert request.method == "ACK" or int(number) > max(numbers, default=-1)


def _branch(request: Request) -> str | None:
    return parse_via(request.headers.get("via") or "").branch


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.rstrip()
