"""RFC 3263 §4: which questions are asked, and which places come out of the answers."""

import pytest

from switch.sip.locating.records import Answer, Naptr, Question, Record, RecordType, Srv
from switch.sip.locating.search import Found, Wanted, numeric_place, search

NAPTR, SRV, A, AAAA = RecordType.NAPTR, RecordType.SRV, RecordType.A, RecordType.AAAA
Zone = dict[tuple[str, RecordType], list[Record]]

CARRIER: Zone = {
    ("carrier.example", NAPTR): [
        Naptr(50, 50, "s", "SIPS+D2T", "_sips._tcp.carrier.example"),
        Naptr(90, 50, "s", "SIP+D2T", "_sip._tcp.carrier.example"),
        Naptr(100, 50, "S", "sip+d2u", "_sip._udp.carrier.example"),
        Naptr(10, 50, "u", "E2U+sip", ""),
    ],
    ("_sips._tcp.carrier.example", SRV): [Srv(0, 1, 5061, "secure.carrier.example")],
    ("_sip._tcp.carrier.example", SRV): [
        Srv(10, 1, 5060, "one.carrier.example"),
        Srv(20, 3, 5062, "two.carrier.example"),
    ],
    ("_sip._udp.carrier.example", SRV): [Srv(10, 1, 5060, "one.carrier.example")],
    ("secure.carrier.example", A): ["192.0.2.9"],
    ("one.carrier.example", A): ["192.0.2.1", "192.0.2.2"],
    ("one.carrier.example", AAAA): ["2001:db8::1"],
    ("two.carrier.example", A): ["192.0.2.3"],
    ("carrier.example", A): ["192.0.2.100"],
}
ALL = ("udp", "tcp", "tls")


def find(
    wanted: Wanted, zone: Zone, transports: tuple[str, ...] = ALL, broken: tuple[RecordType, ...] = ()
) -> tuple[Found, list[Question]]:
    """Run a search to its end; returns what was found and all that was asked."""
    asked: list[Question] = []
    running = search(wanted, transports, (A, AAAA))
    questions = next(running)
    try:
        while True:
            asked += questions
            questions = running.send({q: _answer(q, zone, broken) for q in questions})
    except StopIteration as end:
        return end.value, asked


def _answer(question: Question, zone: Zone, broken: tuple[RecordType, ...]) -> Answer:
    if question.type in broken:
        return Answer((), 0.0, "timed out")
    return Answer(tuple(zone.get((question.name, question.type), ())), 300.0)


def places(found: Found) -> list[tuple[str, int, int]]:
    return [(str(place.hop), place.priority, place.weight) for place in found.places]


def test_naptr_chooses_the_transports_srv_the_servers_and_a_their_addresses() -> None:
    found, _ = find(Wanted("Carrier.Example."), CARRIER)
    assert places(found) == [
        ("tls:192.0.2.9:5061", 0, 1),
        ("tcp:192.0.2.1:5060", 1, 1),
        ("tcp:192.0.2.2:5060", 1, 1),
        ("tcp:[2001:db8::1]:5060", 1, 1),
        ("tcp:192.0.2.3:5062", 2, 3),
        ("udp:192.0.2.1:5060", 3, 1),
        ("udp:192.0.2.2:5060", 3, 1),
        ("udp:[2001:db8::1]:5060", 3, 1),
    ]
    assert found.ttl_s == 300.0
    assert found.places[0].hop.domain == "Carrier.Example."


def test_only_transports_we_speak_are_chosen() -> None:
    found, _ = find(Wanted("carrier.example"), CARRIER, transports=("udp",))
    assert {place.hop.transport for place in found.places} == {"udp"}


def test_without_naptr_every_transport_is_asked_for_in_our_order() -> None:
    zone = {key: records for key, records in CARRIER.items() if key[1] is not NAPTR}
    found, asked = find(Wanted("carrier.example"), zone)
    assert [question.name for question in asked if question.type is SRV] == [
        "_sip._udp.carrier.example",
        "_sip._tcp.carrier.example",
        "_sips._tcp.carrier.example",
    ]
    assert [place.hop.transport for place in found.places[:3]] == ["udp", "udp", "udp"]


def test_a_given_transport_asks_its_srv_records_only() -> None:
    found, asked = find(Wanted("carrier.example", None, "tcp"), CARRIER)
    assert asked[0] == Question("_sip._tcp.carrier.example", SRV)
    assert {place.hop.transport for place in found.places} == {"tcp"}


def test_a_given_port_asks_for_addresses_only() -> None:
    found, asked = find(Wanted("carrier.example", 5080), CARRIER)
    assert asked == [Question("carrier.example", A), Question("carrier.example", AAAA)]
    assert places(found) == [("udp:192.0.2.100:5080", 0, 1)]


@pytest.mark.parametrize(
    ("transport", "place"), [(None, "udp:192.0.2.5:5060"), ("tls", "tls:192.0.2.5:5061")]
)
def test_a_name_with_nothing_but_an_address_is_reached_at_the_default_port(
    transport: str | None, place: str
) -> None:
    found, _ = find(Wanted("gateway", None, transport), {("gateway", A): ["192.0.2.5"]})
    assert [str(one.hop) for one in found.places] == [place]


def test_a_service_that_is_decidedly_not_offered_is_not_looked_for_elsewhere() -> None:
    zone: Zone = {("_sip._udp.no.example", SRV): [Srv(0, 0, 0, "")], ("no.example", A): ["192.0.2.5"]}
    found, _ = find(Wanted("no.example", None, "udp"), zone)
    assert found.places == ()
    assert found.failure


def test_a_name_that_is_not_there_is_not_found() -> None:
    found, _ = find(Wanted("nowhere.example"), {})
    assert found == Found((), 300.0, "nowhere.example has no address")


def test_when_dns_is_dead_the_reason_is_told() -> None:
    found, _ = find(Wanted("carrier.example"), CARRIER, broken=(NAPTR, SRV, A, AAAA))
    assert found.places == ()
    assert found.failure == "timed out"


def test_when_srv_fails_the_domains_own_address_is_no_substitute() -> None:
    found, _ = find(Wanted("carrier.example", None, "udp"), CARRIER, broken=(SRV,))
    assert found.places == ()


def test_an_ip_address_needs_no_dns() -> None:
    place = numeric_place(Wanted("192.0.2.7"))
    assert place is not None
    assert str(place.hop) == "udp:192.0.2.7:5060"
    secure = numeric_place(Wanted("2001:db8::7", None, "tls"))
    assert secure is not None
    assert str(secure.hop) == "tls:[2001:db8::7]:5061"
    assert numeric_place(Wanted("carrier.example")) is None


def test_servers_beyond_what_a_call_could_try_are_left_out() -> None:
    zone: Zone = {("_sip._udp.big.example", SRV): [Srv(n, 1, 5060, f"s{n}.big.example") for n in range(100)]}
    _, asked = find(Wanted("big.example", None, "udp"), zone)
    assert len({question.name for question in asked if question.type is A}) == 32
