"""Callers who are spoken to, and understood, by a speech server that shares no code with the switch."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from sipp_scenarios.audio import Samples, find
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import CallerPhone
from sipp_scenarios.runner import Address
from tests.helpers.call_centre import CallCentre
from tests.helpers.mrcp_server import VOICE, Behaviour, MrcpServer, mrcp_server
from tests.helpers.sip_house import Authority
from tests.helpers.switch_process import QUEUE_ONLY, switch_process
from tests.helpers.toml_text import section

_PATIENCE_S = 30.0
_PIECE = 1600
"""Samples."""
WORDS = ["builtin:speech/transcribe"]


@dataclass
class Talk:
    """A caller who is answered and silent, and the servers."""

    centre: CallCentre
    phone: CallerPhone
    media: Address
    call_id: str
    servers: Sequence[MrcpServer]

    def order(self, verb: str, **params: object) -> str:
        return str(self.centre.events.call(verb, call_id=self.call_id, **params)["request_id"])

    def told(self, topic: str, request_id: str) -> dict[str, Any]:
        return dict(self.centre.events.wait_for(topic, request_id=request_id).fields)

    def speak(self) -> None:
        self.phone.talker.talk_to(*self.media)

    def is_silent(self) -> None:
        self.phone.talker.fall_silent()


def config_of(servers: Sequence[tuple[str, int]], **keys: object) -> str:
    more: dict[str, object] = {"setup_timeout_s": 2.0, "answer_timeout_s": 2.0, "options_interval_s": 0}
    tables = [
        section("[[mrcp.servers]]", name=name, host="127.0.0.1", port=port, priority=place, **(more | keys))
        for place, (name, port) in enumerate(servers)
    ]
    return "\n".join(tables)


@contextmanager
def talking(folder: Path, *behaviours: Behaviour, **keys: object) -> Iterator[Talk]:
    """Servers, the first asked first, and a caller who waits; afterwards nothing is left of it."""
    with ExitStack() as stack:
        servers = [stack.enter_context(mrcp_server(each)) for each in behaviours or (Behaviour(),)]
        names = [(f"speech-{place}", server.port) for place, server in enumerate(servers)]
        yield stack.enter_context(called(folder, servers, config_of(names, **keys)))


@contextmanager
def called(folder: Path, servers: Sequence[MrcpServer], more: str) -> Iterator[Talk]:
    with ExitStack() as stack:
        running = stack.enter_context(switch_process(folder, more=more))
        centre = CallCentre(running, stack.enter_context(EventFollower(running.control_socket)), folder)
        phone = stack.enter_context(centre.caller(QUEUE_ONLY))
        media = phone.wait_answered()
        phone.talker.fall_silent()
        (call,) = centre.events.call("call.list")
        yield Talk(centre, phone, media, call["call_id"], servers)
        if centre.events.call("call.list"):
            phone.hang_up()
        centre.wait_until_nothing_is_left()
        until(lambda: all(server.ended == len(server._sessions) for server in servers))


def was_heard(voice: Samples, heard: Samples) -> bool:
    """Most of its pieces; a busy machine sends some so late that the jitter buffer gives them up."""
    pieces = [voice[at : at + _PIECE] for at in range(0, len(voice) - _PIECE, _PIECE)]
    return sum(find(piece, heard).score > 0.9 for piece in pieces) > len(pieces) / 2


def until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + _PATIENCE_S
    while not condition():
        assert monotonic() < deadline, "it never came true"
        sleep(0.05)


def test_a_caller_hears_what_a_server_says(tmp_path: Path) -> None:
    with talking(tmp_path) as talk:
        request = talk.order("call.speak", text="您好 & 再见", language="zh")
        assert talk.told("speaking.began", request)["server"] == "speech-0"
        assert talk.told("speaking.finished", request)["reason"] == "finished"
        assert was_heard(VOICE, talk.phone.talker.heard)
        assert "您好 &amp; 再见" in talk.servers[0].asked[0].body.decode()


def test_a_caller_is_understood(tmp_path: Path) -> None:
    with talking(tmp_path) as talk:
        request = talk.order("call.recognise", grammars=WORDS, no_input_ms=20_000, silence_ms=300)
        talk.told("recognition.began", request)
        talk.speak()
        talk.told("recognition.heard", request)
        sleep(1.5)
        talk.is_silent()
        result = talk.told("recognition.finished", request)
        assert (result["interpretation"], result["confidence"]) == ("long", 0.75)
        assert result["text"].startswith("说了 ")


def test_a_caller_who_says_nothing_is_told(tmp_path: Path) -> None:
    with talking(tmp_path) as talk:
        grammars = ["<grammar root='menu'/>", *WORDS]
        request = talk.order("call.recognise", grammars=grammars, no_input_ms=600)
        assert talk.told("recognition.failed", request)["reason"] == "no_input"
        assert talk.servers[0].methods() == ["DEFINE-GRAMMAR", "RECOGNIZE"]


def test_silence_counts_from_the_end_of_the_text(tmp_path: Path) -> None:
    with talking(tmp_path) as talk:
        spoken = talk.order("call.speak", text="请说")
        heard = talk.order("call.recognise", grammars=WORDS, no_input_ms=500, prompt_plays=True)
        talk.told("speaking.finished", spoken)
        assert talk.told("recognition.failed", heard)["reason"] == "no_input"
        topics = [entry.topic for entry in talk.centre.events.seen]
        assert topics.index("speaking.finished") < topics.index("recognition.failed")
        assert "START-INPUT-TIMERS" in talk.servers[0].methods()


def test_a_caller_who_speaks_ends_the_text_and_the_recogniser_never_hears_it(tmp_path: Path) -> None:
    with talking(tmp_path) as talk:
        heard = talk.order("call.recognise", grammars=WORDS, no_input_ms=30_000, silence_ms=300)
        talk.told("recognition.began", heard)
        spoken = talk.order("call.speak", text="很长的话")
        talk.told("speaking.began", spoken)
        sleep(0.5)  # the recogniser would hear the text by now
        assert "recognition.heard" not in [entry.topic for entry in talk.centre.events.seen]
        talk.speak()
        assert talk.told("speaking.finished", spoken)["reason"] == "barged_in"
        until(lambda: "BARGE-IN-OCCURRED" in talk.servers[0].methods())
        talk.is_silent()
        assert talk.told("recognition.finished", heard)["confidence"] == 0.75


def test_a_key_ends_the_text(tmp_path: Path) -> None:
    with talking(tmp_path) as talk:
        spoken = talk.order("call.speak", text="很长的话")
        talk.told("speaking.began", spoken)
        talk.speak()
        talk.phone.talker.press("1")
        assert talk.told("speaking.finished", spoken)["reason"] == "barged_in"


def test_a_text_is_given_up_and_a_caller_who_hangs_up_ends_all_sessions(tmp_path: Path) -> None:
    with talking(tmp_path) as talk:
        heard = talk.order("call.recognise", grammars=WORDS, no_input_ms=30_000)
        spoken = talk.order("call.speak", text="很长的话")
        talk.told("recognition.began", heard)
        talk.told("speaking.began", spoken)
        talk.centre.events.call("call.stop_speech", call_id=talk.call_id, request_id=spoken)
        assert talk.told("speaking.finished", spoken)["reason"] == "stopped"
        talk.phone.hang_up()


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(sip_status=503),
        Behaviour(sip_status=0),
        Behaviour(mrcp_status=407),
        Behaviour(mrcp_status=0),
        Behaviour(says=b"HTTP/1.1 200 OK\r\n\r\n"),
        Behaviour(hangs_up_after_s=0.0),
        Behaviour(cause="005 language-unsupported"),
    ],
    ids=["refuses", "gone", "cannot", "silent", "no_mrcp", "hangs_up", "unusable"],
)
def test_another_server_is_asked_when_one_fails(tmp_path: Path, behaviour: Behaviour) -> None:
    with talking(tmp_path, behaviour, Behaviour()) as talk:
        request = talk.order("call.speak", text="您好")
        talk.told("speaking.finished", request)
        servers = [
            entry.fields["server"] for entry in talk.centre.events.seen if entry.topic == "speaking.began"
        ]
        assert servers[-1] == "speech-1"


def test_servers_that_all_fail_are_told_and_then_passed_over(tmp_path: Path) -> None:
    with talking(tmp_path, Behaviour(sip_status=503), Behaviour(mrcp_status=0), failures_to_down=1) as talk:
        failed = talk.told("speaking.failed", talk.order("call.speak", text="您好"))
        assert failed["reason"] == "no_server"
        assert "speech-0: SIP answer 503" in failed["problem"]
        assert "speech-1: silent" in failed["problem"]
        assert talk.centre.events.wait_for("speech_server.down", server="speech-0")
        again = talk.told("speaking.failed", talk.order("call.speak", text="您好"))
        assert again["problem"] == ""
        assert [server["down"] for server in talk.centre.events.call("speech_server.list")] == [True, True]


def test_the_control_channel_is_encrypted_where_the_server_proves_its_name(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate = authority.issue("speech.example")
    with mrcp_server(certificate=certificate) as server:
        own = {"control_tls": True, "domain": "speech.example", "transport": "udp"}
        more = config_of([("speech-0", server.port)], **own)
        trusted = section("[mrcp]", server_ca=str(authority.ca))
        with called(tmp_path, [server], f"{trusted}\n{more}") as talk:
            talk.told("speaking.finished", talk.order("call.speak", text="您好"))


def test_a_server_that_proves_another_name_is_not_spoken_to(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate = authority.issue("other.example")
    with mrcp_server(certificate=certificate) as server:
        more = config_of([("speech-0", server.port)], control_tls=True, domain="speech.example")
        trusted = section("[mrcp]", server_ca=str(authority.ca))
        with called(tmp_path, [server], f"{trusted}\n{more}") as talk:
            failed = talk.told("speaking.failed", talk.order("call.speak", text="您好"))
            assert "certificate" in failed["problem"].lower()
            assert server.asked == []
