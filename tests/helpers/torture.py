"""The torture messages of RFC 4475 and RFC 5118 and what each must come to."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from switch.sip.events import LegArrived
from switch.sip.hop import Hop
from switch.sip.messages.message import Message, Request, Response
from switch.sip.messages.parser import parse_message
from tests.helpers.sip_messages import authorized
from tests.helpers.sip_rig import PASSWORD, STATION, SipRig, statuses

VECTORS = Path(__file__).parents[1] / "vectors" / "sip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """One message and its outcome, as ``outcomes.toml`` says it."""

    name: str
    data: bytes
    section: str
    answers: list[int]
    why: str
    called: str | None = None
    counted: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    station: str = STATION

    def message(self) -> Message:
        """The message as the parser reads it."""
        return parse_message(self.data)


def load(folder: str) -> list[Vector]:
    """All messages of a folder."""
    table = tomllib.loads((VECTORS / folder / "outcomes.toml").read_text("utf-8"))
    return [
        Vector(name=name, data=(VECTORS / folder / f"{name}.sip").read_bytes(), **outcome)
        for name, outcome in table.items()
    ]


def files(folder: str) -> set[str]:
    """The names of the messages that are there."""
    return {path.stem for path in (VECTORS / folder).glob("*.sip")}


def send(vector: Vector, rig: SipRig, hop: Hop) -> list[Message]:
    """Send it, and once more with the station's password when that is asked for; returns the answers."""
    sent = rig.receive(vector.data, hop)
    if statuses(sent) == [401] and vector.answers != [401]:
        request = vector.message()
        assert isinstance(request, Request)
        challenge = rig.one_response(sent)
        proof = authorized(request, challenge, user=vector.station, password=PASSWORD)
        sent = sent + rig.receive(proof, hop)
    return sent + rig.pass_time(0.2)


def check_outcome(vector: Vector, hop: Hop) -> None:
    """Send it to a stack of its own: the answers, the call, the counters are those of the table."""
    rig = SipRig(stations=(vector.station,))
    sent = send(vector, rig, hop)
    assert statuses(sent) == vector.answers
    assert len(sent) == len(vector.answers), "answers and nothing else"
    called = [event.called_number for event in rig.reported(LegArrived)]
    assert called == ([] if vector.called is None else [vector.called])
    for name, value in vector.headers.items():
        answer = sent[-1]
        assert isinstance(answer, Response)
        assert answer.headers.get(name) == value
    for counter in ("rejected", "unmatched_responses"):
        assert getattr(rig.stack.counters, counter) == (vector.counted == counter)
    assert {at.host for at in rig.hops} <= {hop.host}, "answers go nowhere but back"
