"""Which speech server is asked, and which is left alone."""

from typing import Any

import pytest
from pydantic import ValidationError

from runtime.ids import SeededIds
from switch.mrcp.config import MrcpConfig, SpeechServerConfig
from switch.mrcp.events import SpeechServerDown, SpeechServerUp
from switch.mrcp.resource import Resource
from switch.mrcp.servers import SpeechServer, SpeechServers
from switch.sip.commands import GiveUpRequest, SendRequest
from switch.sip.events import RequestAnswered

SAYS, HEARS = Resource.SYNTHESIZER, Resource.RECOGNIZER


def config(name: str, **keys: Any) -> SpeechServerConfig:
    return SpeechServerConfig.model_validate(
        {"name": name, "host": "192.0.2.40", "options_interval_s": 0, **keys}
    )


def servers(*configs: SpeechServerConfig) -> SpeechServers:
    return SpeechServers(configs, SeededIds(), lambda hop: "192.0.2.1")


def chosen(
    among: SpeechServers, now: float = 0.0, *tried: str, resource: Resource = SAYS
) -> SpeechServer | None:
    return among.choose(resource, tried, now)


def name_of(server: SpeechServer | None) -> str | None:
    return None if server is None else server.name


def answered(request: Any, status: int, *, by_peer: bool = True) -> RequestAnswered:
    assert isinstance(request, SendRequest)
    return RequestAnswered(
        request_id=request.request_id, status=status, by_peer=by_peer, cseq=1, peer="udp:192.0.2.40:5060"
    )


def test_the_first_by_priority_is_asked_and_the_next_when_it_was_tried() -> None:
    among = servers(config("b", priority=1), config("a"), config("c", priority=2))
    assert name_of(chosen(among)) == "a"
    assert name_of(chosen(among, 0.0, "a")) == "b"
    assert chosen(among, 0.0, "a", "b", "c") is None


def test_of_equals_the_one_with_the_fewest_sessions_is_asked() -> None:
    among = servers(config("a"), config("b"))
    first = chosen(among)
    assert first is not None
    first.sessions += 1
    assert name_of(chosen(among)) == "b"


def test_a_server_is_asked_for_what_it_does_and_while_it_has_room() -> None:
    among = servers(config("a", resources=["speechsynth"], max_sessions=1), config("b", priority=1))
    assert name_of(chosen(among, resource=HEARS)) == "b"
    first = chosen(among)
    assert first is not None
    first.sessions = 1
    assert name_of(chosen(among)) == "b"


def test_a_server_that_fails_again_and_again_rests_longer_each_time() -> None:
    among = servers(config("a", failures_to_down=2, rest_s=10))
    (server,) = among
    assert among.failed(server, "x", 0.0) == []
    assert among.failed(server, "SIP answer 503", 1.0) == [
        SpeechServerDown(server="a", problem="SIP answer 503", rests_s=10.0)
    ]
    assert chosen(among, 10.9) is None
    assert name_of(chosen(among, 11.0)) == "a"
    rests = []
    now = 11.0
    for _ in range(6):
        assert among.failed(server, "x", now) == []
        assert server.rests_until is not None
        rests.append(server.rests_until - now)
        now = server.rests_until
    assert rests == [20.0, 40.0, 80.0, 160.0, 160.0, 160.0]


def test_one_request_finds_out_whether_a_server_is_well_again() -> None:
    among = servers(config("a", failures_to_down=1))
    (server,) = among
    among.failed(server, "x", 0.0)
    assert chosen(among, 20.0) is server
    server.sessions = 1  # that one
    assert chosen(among, 20.0) is None
    assert among.succeeded(server) == [SpeechServerUp(server="a")]
    assert chosen(among, 20.0) is server
    assert among.succeeded(server) == []


def test_a_success_in_between_forgives_failures() -> None:
    among = servers(config("a", failures_to_down=2))
    (server,) = among
    for _ in range(5):
        assert among.failed(server, "x", 0.0) == []
        assert among.succeeded(server) == []


def test_options_find_out_that_a_server_is_gone_and_that_it_is_back() -> None:
    among = servers(config("a", failures_to_down=2, options_interval_s=30))
    (asked,) = among.start(0.0)
    assert isinstance(asked, SendRequest)
    assert (asked.method, asked.uri, asked.caller) == (
        "OPTIONS",
        "sip:192.0.2.40:5060",
        "<sip:ringmain@192.0.2.1>",
    )
    assert among.next_deadline() == 5.0
    assert among.wake(5.0) == [GiveUpRequest(request_id=asked.request_id)]
    assert among.answered(answered(asked, 200), 5.1) == []
    (asked,) = among.wake(30.0)
    (down,) = among.answered(answered(asked, 408, by_peer=False), 31.0)
    assert isinstance(down, SpeechServerDown)
    (asked,) = among.wake(60.0)
    assert among.answered(answered(asked, 200), 60.1) == [SpeechServerUp(server="a")]


def test_options_do_not_say_that_a_server_works_whose_engine_does_not() -> None:
    among = servers(config("a", failures_to_down=1, options_interval_s=30))
    (asked,) = among.start(0.0)
    (server,) = among
    among.failed(server, "recognizer-error", 0.0)
    assert among.answered(answered(asked, 200), 0.1) == []
    assert server.is_down


@pytest.mark.parametrize(
    ("status", "alive"), [(200, True), (404, True), (501, True), (503, False), (408, False)]
)
def test_whoever_refuses_options_is_there(status: int, alive: bool) -> None:
    among = servers(config("a", failures_to_down=1, options_interval_s=30))
    (asked,) = among.start(0.0)
    among.answered(answered(asked, status), 0.1)
    (server,) = among
    assert server.is_down is not alive


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ({"host": "speech.example"}, "an IP address"),
        ({"codecs": ["G729"]}, "G729"),
        ({"name": "a b"}, "pattern"),
        ({"resources": []}, "at least 1"),
        ({"resources": ["recorder"]}, "speechsynth"),
    ],
)
def test_a_mistake_in_the_configuration_is_told(keys: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        config(**({"name": "a"} | keys))


def test_two_servers_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValidationError, match="a is given twice"):
        MrcpConfig(servers=[config("a"), config("b"), config("a")])
