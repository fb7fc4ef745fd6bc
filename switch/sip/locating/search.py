"""From a name to the places where its SIP servers are: the procedure of RFC 3263 §4.

A search is a generator. It yields the questions it has, all of which may be asked at once, takes their
answers and returns what it found.
"""

from collections.abc import Generator, Iterable, Mapping, Sequence
from ipaddress import ip_address
from typing import NamedTuple

from switch.sip.hop import Hop
from switch.sip.locating.records import Answer, Naptr, Question, RecordType, Srv

DEFAULT_PORTS = {"udp": 5060, "tcp": 5060, "tls": 5061}
_SERVICES = {"udp": "_sip._udp", "tcp": "_sip._tcp", "tls": "_sips._tcp"}
_NAPTR_TRANSPORTS = {"sip+d2u": "udp", "sip+d2t": "tcp", "sips+d2t": "tls"}
_MOST_SERVERS = 32
"""More servers of one name are left out: a call could not try them all."""


class Wanted(NamedTuple):
    """A server to find."""

    host: str
    port: int | None = None
    transport: str | None = None


class Place(NamedTuple):
    """Where a server is."""

    hop: Hop
    priority: int = 0
    """Lower ones are to be tried first."""
    weight: int = 1


class Found(NamedTuple):
    """What a search came to."""

    places: tuple[Place, ...]
    ttl_s: float
    failure: str = ""
    """Why there are no places, or perhaps not all."""


class _Service(NamedTuple):
    """A name that SRV records may stand at."""

    name: str
    transport: str


class _Server(NamedTuple):
    """A name that address records must stand at."""

    name: str
    transport: str
    port: int
    priority: int
    weight: int


Answers = Mapping[Question, Answer]
Search = Generator[list[Question], Answers, Found]
Steps = Generator[list[Question], Answers, list[_Server]]


def numeric_place(wanted: Wanted) -> Place | None:
    """Where a server with an IP address is (§4.1, §4.2); None when it has a name."""
    try:
        ip_address(wanted.host)
    except ValueError:
        return None
    transport = wanted.transport or "udp"
    return Place(Hop(transport, wanted.host, wanted.port or DEFAULT_PORTS[transport]))


def search(wanted: Wanted, transports: Sequence[str], families: Sequence[RecordType]) -> Search:
    """Find the places of a name.

    ``transports`` are those we speak, the preferred first; ``families`` the kinds of addresses we reach.
    """
    ledger = _Ledger()
    name = wanted.host.lower().removesuffix(".")
    servers = yield from _servers(wanted, name, transports, ledger)
    questions = [Question(server.name, family) for server in servers for family in families]
    answers = ledger.note((yield list(dict.fromkeys(questions))))
    places = tuple(
        Place(Hop(server.transport, address, server.port, wanted.host), server.priority, server.weight)
        for server in servers
        for family in families
        for address in answers[Question(server.name, family)].records
        if isinstance(address, str)
    )
    return Found(places, ledger.ttl_s, ledger.failure or ("" if places else f"{name} has no address"))


class _Ledger:
    """What the answers have in common: how long they hold, and what went wrong."""

    def __init__(self) -> None:
        self.ttl_s = float("inf")
        self.failure = ""

    def note(self, answers: Answers) -> Answers:
        for answer in answers.values():
            if answer.failure:
                self.failure = answer.failure
            else:
                self.ttl_s = min(self.ttl_s, answer.ttl_s)
        return answers


def _servers(wanted: Wanted, name: str, transports: Sequence[str], ledger: _Ledger) -> Steps:
    """§4.1 chooses the transport, §4.2 the port: each unless it is given."""
    if wanted.port is not None:
        transport = wanted.transport or "udp"
        return [_Server(name, transport, wanted.port, 0, 1)]
    services = yield from _services(wanted, name, transports, ledger)
    questions = [Question(service.name, RecordType.SRV) for service in services]
    answers = ledger.note((yield questions))
    known = [server for service in services for server in _offered(service, answers)]
    if known:
        return _ranked(known)
    if any(answers[question].records or answers[question].failure for question in questions):
        return []  # a target of "." only, decidedly not offered here (RFC 2782); or DNS is of no use now
    transport = wanted.transport or "udp"
    return [_Server(name, transport, DEFAULT_PORTS[transport], 0, 1)]


def _services(
    wanted: Wanted, name: str, transports: Sequence[str], ledger: _Ledger
) -> Generator[list[Question], Answers, list[_Service]]:
    if wanted.transport is not None:
        return [_Service(f"{_SERVICES[wanted.transport]}.{name}", wanted.transport)]
    question = Question(name, RecordType.NAPTR)
    answers = ledger.note((yield [question]))
    pointers = sorted(record for record in answers[question].records if isinstance(record, Naptr))
    named = [
        _Service(pointer.replacement, transport)
        for pointer in pointers
        if pointer.flags.lower() == "s"
        and (transport := _NAPTR_TRANSPORTS.get(pointer.service.lower(), "")) in transports
    ]
    return named or [_Service(f"{_SERVICES[transport]}.{name}", transport) for transport in transports]


def _offered(service: _Service, answers: Answers) -> Iterable[_Server]:
    for record in answers[Question(service.name, RecordType.SRV)].records:
        if isinstance(record, Srv) and record.target:
            yield _Server(record.target, service.transport, record.port, record.priority, record.weight)


def _ranked(servers: list[_Server]) -> list[_Server]:
    """Priorities that count on from one transport to the next, which is only tried when all before failed."""
    ranks: dict[tuple[int, int], int] = {}
    order = list(dict.fromkeys(server.transport for server in servers))
    keyed = sorted(((order.index(server.transport), server.priority), server) for server in servers)
    ranked = [server._replace(priority=ranks.setdefault(key, len(ranks))) for key, server in keyed]
    return ranked[:_MOST_SERVERS]
