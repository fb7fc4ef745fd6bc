import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.errors import SipSyntaxError
from switch.sip.hop import Hop
from switch.sip.messages.header_values import parse_via
from switch.sip.messages.message import Headers, Request, TopVia
from switch.sip.messages.via_rules import note_source, read_top_via, read_way_back

HOSTS = st.sampled_from(["192.0.2.1", "phone.example", "[2001:db8::1]"])
PARAMETERS = st.lists(
    st.sampled_from(
        [";rport", ";rport=5", ";rports", ";branch=z9hG4bK1", ";Branch=z9hG4bK2", "; branch = a", ";ttl=1"]
    ),
    max_size=4,
)


@given(HOSTS, st.none() | st.integers(1, 65_535), PARAMETERS, st.sampled_from(["UDP", "udp", "TCP"]))
def test_the_top_via_is_read_as_when_all_of_it_is_read(
    host: str, port: int | None, parameters: list[str], transport: str
) -> None:
    line = f"SIP/2.0/{transport} {host}{'' if port is None else f':{port}'}{''.join(parameters)}"
    via = parse_via(line)
    expected = TopVia(via.host, via.port or 5060, via.branch or "", via.param("rport") is not None)
    assert read_top_via(Headers({"via": [line]})) == expected


@given(
    HOSTS,
    st.lists(
        st.sampled_from(
            [
                ";rport",
                ";RPORT",
                ";rport=5",
                ";received=192.0.2.9",
                ";Received=192.0.2.9",
                ';x="a;rport;b"',
                ";y",
            ]
        ),
        max_size=4,
        unique_by=lambda parameter: parameter.lower().partition("=")[0],
    ),
    st.sampled_from(["", ", SIP/2.0/UDP far;branch=z9hG4bK2"]),
)
def test_the_source_is_written_into_the_text_as_into_its_parts(
    host: str, parameters: list[str], further: str
) -> None:
    line = f"SIP/2.0/UDP {host};branch=z9hG4bK1{''.join(parameters)}"
    request = Request("OPTIONS", "sip:a", Headers({"via": line + further}))
    note_source(request, Hop("udp", "198.51.100.7", 5999))
    source = {"received": "198.51.100.7", "rport": "5999"}
    via = parse_via(line)
    noted = [(name, source.get(name.lower(), value)) for name, value in via.params]
    if via.param("received") is None:
        noted.append(("received", source["received"]))
    expected = str(via._replace(params=tuple(noted)))
    assert request.headers.get_all("via") == [expected, *([further[2:]] if further else [])]


def test_only_the_first_of_several_values_counts() -> None:
    line = "SIP/2.0/UDP near:5070;branch=z9hG4bK1, SIP/2.0/UDP far;rport;branch=z9hG4bK2"
    assert read_top_via(Headers({"via": [line]})) == TopVia("near", 5070, "z9hG4bK1", False)


@pytest.mark.parametrize("line", ["", "SIP/2.0/UDP", "SIP/2.0/UDP host:70000;branch=z9hG4bK1", "nonsense"])
def test_an_unreadable_via_is_refused(line: str) -> None:
    with pytest.raises(SipSyntaxError):
        read_top_via(Headers({"via": [line]}))


@pytest.mark.parametrize(
    ("line", "host", "port"),
    [
        ("SIP/2.0/UDP 192.0.2.15;;,;,,", "192.0.2.15", 5060),
        ("SIP/7.0/UDP c.example.com;branch=z9hG4bK1", "c.example.com", 5060),
        ("SIP / 2.0 / UDP [2001:db8::1] : 5070 , nonsense", "2001:db8::1", 5070),
    ],
)
def test_the_way_back_is_read_from_a_via_that_makes_no_more_sense(line: str, host: str, port: int) -> None:
    assert read_way_back(Headers({"via": [line]})) == TopVia(host, port, "", False)


@pytest.mark.parametrize(
    "line", ["", "SIP/2.0/UDP ;branch=z9hG4bK1", "SIP/2.0/UDP host:70000", "SIP/2.0/UDP a b"]
)
def test_no_way_back_is_guessed(line: str) -> None:
    with pytest.raises(SipSyntaxError):
        read_way_back(Headers({"via": [line]}))
