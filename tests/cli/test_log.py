"""One line an event, of the right level, with the call it belongs to, and without secrets."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any, Literal

import pytest
import structlog

from acd.agent_events import AgentSignedIn
from acd.events import OfferMade
from cli.log import EventLog, LevelName, LogConfig, configure_logging, level_of, warn_of
from cli.schema.event_words import MODULES
from cli.schema.events import events_of
from media.events import DigitDetected, EndpointOpened
from runtime.problems import Problem
from runtime.vocabulary import field_names
from switch.causes import Cause
from switch.events import CallEnded, SwitchStarted
from switch.sip.events import LegAnswered, LegEnded
from switch.sip.guard.events import SourceBanned

WALL = 1_790_000_000.25
ENDED = CallEnded(call_id="call-1", contact_id="", cause=Cause.NORMAL_CLEARING, by_caller=True)


@pytest.fixture
def stream() -> Iterator[StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield StringIO()
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def event_log(stream: StringIO, legs: dict[str, str], level: LevelName = "debug") -> EventLog:
    config = LogConfig(format="json", level=level)
    configure_logging(config, stream)
    return EventLog(config, legs.get)


def leg_ended(leg_id: str) -> LegEnded:
    return LegEnded(leg_id=leg_id, cause=Cause.NORMAL_CLEARING, sip_status=None, by_peer=True)


def test_an_event_is_one_json_line_with_its_own_time(stream: StringIO) -> None:
    event_log(stream, {}).log_event(ENDED, WALL)
    assert lines(stream) == [
        {
            "timestamp": "2026-09-21T14:13:20.250000Z",
            "level": "info",
            "event": "call.ended",
            "call_id": "call-1",
            "cause": "NORMAL_CLEARING",
            "by_caller": True,
        }
    ]


def test_an_event_of_a_leg_names_the_call_even_when_the_call_has_let_go_of_it(stream: StringIO) -> None:
    legs = {"leg-1": "call-1"}
    log = event_log(stream, legs)
    log.log_event(DigitDetected(leg_id="leg-1", digit="5", duration_ms=80), WALL)
    legs.clear()
    log.log_event(leg_ended("leg-1"), WALL)
    log.log_event(leg_ended("leg-of-nobody"), WALL)
    assert [line.get("call_id") for line in lines(stream)] == ["call-1", "call-1", None]


def test_a_leg_is_remembered_even_from_an_event_too_unimportant_to_write(stream: StringIO) -> None:
    legs = {"leg-1": "call-1"}
    log = event_log(stream, legs, "warning")
    assert log.brings_leg(EndpointOpened)
    log.note_leg(EndpointOpened(leg_id="leg-1", host="192.0.2.1", port=4000), WALL)
    legs.clear()
    assert log._call_id_of("leg-1") == "call-1"
    assert lines(stream) == []


def test_an_event_is_either_written_or_noted(stream: StringIO) -> None:
    at_debug, at_info = event_log(stream, {}), event_log(stream, {}, "info")
    assert (at_debug.wants(EndpointOpened), at_debug.brings_leg(EndpointOpened)) == (True, False)
    assert (at_info.wants(EndpointOpened), at_info.brings_leg(EndpointOpened)) == (False, True)
    assert not at_info.brings_leg(DigitDetected)


def test_legs_that_are_over_are_forgotten_in_the_end(
    stream: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.log._LEGS_REMEMBERED", 10)
    legs = {f"leg-{number}": "call" for number in range(100)}
    log = event_log(stream, legs)
    for leg_id in legs:
        log.log_event(leg_ended(leg_id), WALL)
    assert len(log._remembered) == 10


@pytest.mark.parametrize(
    ("topic", "level"),
    [
        ("call.arrived", logging.INFO),
        ("call.answered", logging.DEBUG),
        ("call.ended", logging.INFO),
        ("call.refused", logging.WARNING),
        ("offer.ended", logging.DEBUG),
        ("agent.signed_in", logging.INFO),
        ("leg.ringing", logging.DEBUG),
        ("endpoint.closed", logging.DEBUG),
        ("endpoint.failed", logging.WARNING),
        ("recording.completed", logging.INFO),
        ("recording.failed", logging.WARNING),
        ("security.source_refused", logging.WARNING),
        ("switch.overloaded", logging.WARNING),
        ("switch.recovered", logging.INFO),
        ("trunk.down", logging.WARNING),
        ("trunk.registration_failed", logging.WARNING),
        ("trunk.up", logging.INFO),
        ("sip.request_answered", logging.DEBUG),
        ("sip.dialogs_closed", logging.DEBUG),
        ("sip.certificates_unusable", logging.WARNING),
        ("sip.certificates_reloaded", logging.INFO),
        ("configuration.refused", logging.WARNING),
        ("configuration.reloaded", logging.INFO),
        ("archive.failed", logging.WARNING),
        ("archive.recovered", logging.INFO),
        ("speech_server.down", logging.WARNING),
        ("journal.entries_lost", logging.WARNING),
    ],
)
def test_each_topic_has_a_fitting_level(topic: str, level: int) -> None:
    assert level_of(topic) == level


def test_what_is_less_important_than_the_level_is_left_out(stream: StringIO) -> None:
    log = event_log(stream, {}, "warning")
    log.log_event(SwitchStarted(version="1"), WALL)
    log.log_event(SourceBanned(source="192.0.2.1", reason="scanner", duration_s=600.0, times=1), WALL)
    assert [line["event"] for line in lines(stream)] == ["security.source_banned"]


def test_what_is_empty_is_left_out_and_lists_look_like_lists(stream: StringIO) -> None:
    configure_logging(LogConfig(format="console"), stream)
    log = EventLog(LogConfig(), dict[str, str]().get)
    log.log_event(AgentSignedIn(agent="1001", station="1001", queues=("service", "vip")), WALL)
    log.log_event(AgentSignedIn(agent="1002", station="", queues=()), WALL)
    first, second = stream.getvalue().splitlines()
    assert "queues=['service', 'vip']" in first
    assert second.rstrip().endswith("agent=1002")


OFFER = OfferMade(
    call_id="call-1",
    offer_id="offer-1",
    queue="service",
    agent="1001",
    station="1001",
    ranked=(("1001", 0, (("skill", 5.0), ("idle_s", 12.3456))), ("1002", 1, ())),
)


def test_what_lists_hold_is_told_in_words_to_people_and_whole_to_programs(stream: StringIO) -> None:
    configure_logging(LogConfig(format="console"), stream)
    EventLog(LogConfig(), dict[str, str]().get).log_event(OFFER, WALL)
    assert "ranked=['1001 0 skill=5.0 idle_s=12.35', '1002 1'] " in stream.getvalue()
    stream.seek(stream.truncate(0))
    event_log(stream, {}).log_event(OFFER, WALL)
    assert lines(stream)[0]["ranked"] == [["1001", 0, [["skill", 5.0], ["idle_s", 12.3456]]], ["1002", 1, []]]


def test_zero_and_false_are_told(stream: StringIO) -> None:
    event_log(stream, {}).log_event(
        CallEnded(call_id="c", contact_id="x", cause=Cause.NORMAL_CLEARING, by_caller=False), WALL
    )
    assert lines(stream)[0]["by_caller"] is False


def test_the_start_is_one_line_with_the_version(stream: StringIO) -> None:
    event_log(stream, {}).log_event(SwitchStarted(version="0.1.0"), WALL)
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["version"]) == ("switch.started", "info", "0.1.0")


def test_what_is_seldom_meant_is_a_warning_and_of_very_many_the_first(stream: StringIO) -> None:
    configure_logging(LogConfig(format="json"), stream)
    warn_of([Problem("ringmain.toml", line, "sip.host", "", "another") for line in range(1, 53)])
    written = lines(stream)
    assert {line["level"] for line in written} == {"warning"}
    assert [line["of"] for line in written[:2]] == [
        "ringmain.toml:1: sip.host; expected another",
        "ringmain.toml:2: sip.host; expected another",
    ]
    assert (len(written), written[-1]["number"]) == (51, 2)


def test_session_descriptions_are_left_out(stream: StringIO) -> None:
    event_log(stream, {}).log_event(LegAnswered(leg_id="leg-1", sdp="a=crypto:1 key"), WALL)
    assert "crypto" not in stream.getvalue()
    assert lines(stream)[0]["leg_id"] == "leg-1"


def test_what_is_named_like_a_secret_is_hidden(stream: StringIO) -> None:
    configure_logging(LogConfig(format="json"), stream)
    structlog.get_logger().info("odd", Password="p4711", Authorization="Digest 4711", station="1001")
    assert "4711" not in stream.getvalue()
    assert lines(stream)[0]["station"] == "1001"


def test_chinese_is_written_as_it_is(stream: StringIO) -> None:
    configure_logging(LogConfig(format="json"), stream)
    structlog.get_logger().info("坐席", name="张伟")
    assert "张伟" in stream.getvalue()


def test_lines_of_libraries_look_the_same(stream: StringIO) -> None:
    configure_logging(LogConfig(format="json", level="warning"), stream)
    logging.getLogger("aiohttp").warning("odd %s", "thing")
    logging.getLogger("aiohttp").info("unimportant")
    (line,) = lines(stream)
    assert (line["event"], line["level"]) == ("odd thing", "warning")
    assert line["timestamp"]


def test_a_fault_shows_its_trace(stream: StringIO) -> None:
    configure_logging(LogConfig(format="json"), stream)
    structlog.get_logger().error("fault", exc_info=ValueError("broken"))
    assert "ValueError: broken" in lines(stream)[0]["exception"]


def test_for_people_a_line_is_plain_text(stream: StringIO) -> None:
    configure_logging(LogConfig(format="console"), stream)
    EventLog(LogConfig(), dict[str, str]().get).log_event(ENDED, WALL)
    assert "call.ended" in stream.getvalue()
    assert "call_id=call-1" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_does_not_tell_what_local_variables_hold(
    form: Literal["console", "json"], stream: StringIO
) -> None:
    configure_logging(LogConfig(format=form), stream)
    password = "geheim-" + "4711"
    try:
        raise ZeroDivisionError(str(len(password)))
    except ZeroDivisionError as error:
        structlog.get_logger().error("fault", exc_info=error)
    assert "ZeroDivisionError" in stream.getvalue()
    assert password not in stream.getvalue()


def test_web_sockets_coming_and_going_are_no_lines(stream: StringIO) -> None:
    event_log(stream, {}, "info")
    logging.getLogger("websockets.server").info("connection open")
    assert stream.getvalue() == ""
    logging.getLogger("websockets.server").error("parser failed")
    assert lines(stream)[0]["event"] == "parser failed"


def test_no_event_has_a_field_that_is_a_word_of_the_log() -> None:
    words = {"level", "event", "timestamp"}
    kinds = [kind for module in MODULES for kind in events_of(module)]
    assert [kind.topic for kind in kinds if words & set(field_names(kind))] == []
