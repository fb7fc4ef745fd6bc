"""agents, calls, queues and events: what they ask of the switch and how they show its answer."""

import json
from datetime import datetime
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import events
from cli.commands import app
from cli.configuration.loading import load_configuration
from cli.options import own_name
from switch.sip.authentication.digest import Algorithm, ha1
from tests.cli.small_switch import AGENT, CALL, LEGS, PHONE, QUEUE, SmallSwitch


def run(small_switch: SmallSwitch, *words: str) -> Any:
    return CliRunner().invoke(app, [*words, "--socket", str(small_switch.socket)])


BY = {"agent": "1001", "by": "9001"}
PARTY = {"call_id": "call-1", "party_id": "party-1"}
SUPERVISE = {"call_id": "", "agent": "", "by": "9001", "station": "", "ring_s": 30}


@pytest.mark.parametrize(
    ("words", "verb", "params"),
    [
        (["agents"], "agent.list", {}),
        (["agents", "list"], "agent.list", {}),
        (
            ["agents", "sign-in", "1001", "2001"],
            "agent.sign_in",
            {"agent": "1001", "station": "2001", "force": False},
        ),
        (["agents", "sign-out", "1001"], "agent.sign_out", {"agent": "1001", "force": False}),
        (["agents", "sign-out", "1001", "--force"], "agent.sign_out", {"agent": "1001", "force": True}),
        (["agents", "ready", "1001"], "agent.ready", {"agent": "1001"}),
        (["agents", "not-ready", "1001", "午休"], "agent.not_ready", {"agent": "1001", "reason": "午休"}),
        (["calls"], "call.list", {}),
        (["calls", "list"], "call.list", {}),
        (
            ["calls", "dial", "81", "13800138000", "--show", "95598"],
            "call.originate",
            {
                "whom": "agent:81",
                "target": "number:13800138000",
                "ring_s": 60.0,
                "shown_number": "95598",
                "shown_name": "",
                "caller_number": "",
                "caller_name": "",
                "access_code": "",
                "contact_id": "",
                "auto_answer": False,
                "data": {},
                "tenant": "",
            },
        ),
        (
            ["calls", "originate", "--first", "station:1001", "--then", "number:13800138000", "--ring", "30"],
            "call.originate",
            {
                "whom": "station:1001",
                "target": "number:13800138000",
                "ring_s": 30.0,
                "shown_number": None,
                "shown_name": "",
                "caller_number": "",
                "caller_name": "",
                "access_code": "",
                "contact_id": "",
                "auto_answer": False,
                "data": {},
                "tenant": "",
            },
        ),
        (["queues"], "queue.list", {}),
        (["queues", "list"], "queue.list", {}),
        (["stations"], "station.list", {}),
        (
            ["sip", "registrations"],
            "registration.list",
            {"tenant": None, "station": None, "after": "", "limit": 1000},
        ),
        (
            ["sip", "registrations", "--station", "1001"],
            "registration.list",
            {"tenant": None, "station": "1001", "after": "", "limit": 1000},
        ),
        (
            ["sip", "registrations", "remove", "1001", "--contact", "sip:x"],
            "registration.remove",
            {"station": "1001", "contact": "sip:x"},
        ),
        (
            ["stations", "message", "1001", "你好"],
            "message.send",
            {"station": "1001", "text": "你好", "sender": "", "sender_name": ""},
        ),
        (["stations", "stop-recording", "1001"], "station.stop_recording", {"station": "1001"}),
        (["stations", "resync", "1001", "--reboot"], "station.resync", {"station": "1001", "reboot": True}),
        (["flows"], "flow.list", {}),
        (
            ["flows", "publish", "hotline", "--share", "10%", "--note", "节日问候"],
            "flow.publish",
            {"flow": "hotline", "share": 0.1, "by": own_name(), "note": "节日问候"},
        ),
        (
            ["flows", "share", "hotline", "50%"],
            "flow.share",
            {"flow": "hotline", "share": 0.5, "by": own_name()},
        ),
        (
            ["flows", "rollback", "hotline", "--to", "3", "--by", "li"],
            "flow.rollback",
            {"flow": "hotline", "to": 3, "by": "li"},
        ),
        (["flows", "history", "hotline"], "flow.history", {"flow": "hotline"}),
        (
            ["agents", "ask-leave", "1001", "如厕"],
            "agent.ask_leave",
            {"agent": "1001", "reason": "如厕"},
        ),
        (["agents", "auto-answer", "1001", "on"], "agent.set_auto_answer", {"agent": "1001", "on": True}),
        (["agents", "messages", "1001"], "agent.messages", {"agent": "1001"}),
        (
            [
                "agents",
                "message",
                "九点开会",
                "--to",
                "1001",
                "--queue",
                "service",
                "--important",
                "--by",
                "班长",
            ],
            "agent.send_message",
            {
                "agents": ["1001"],
                "queues": ["service"],
                "tags": [],
                "everybody": False,
                "tenant": None,
                "text": "九点开会",
                "by": "班长",
                "importance": "high",
            },
        ),
        (["agents", "take-back-leave", "1001"], "agent.take_back_leave", {"agent": "1001"}),
        (
            ["agents", "extend-wrap-up", "1001", "30"],
            "agent.extend_wrap_up",
            {"agent": "1001", "extend_s": 30.0},
        ),
        (
            ["agents", "move", "1001", "1002", "--join", "vip", "--leave", "service"],
            "agent.move",
            {"agents": ["1001", "1002"], "join": ["vip"], "leave": ["service"]},
        ),
        (["queues", "move", "call-1", "vip"], "queue.move_caller", {"call_id": "call-1", "queue": "vip"}),
        (["agents", "end-wrap-up", "1001"], "agent.end_wrap_up", {"agent": "1001"}),
        (["agents", "figures", "1001"], "agent.figures", {"agent": "1001"}),
        (["supervise", "ready", "1001", "--by", "9001"], "agent.force_ready", BY),
        (
            ["supervise", "not-ready", "1001", "training", "--by", "9001"],
            "agent.force_not_ready",
            BY | {"reason": "training"},
        ),
        (["supervise", "sign-out", "1001", "--by", "9001"], "agent.force_sign_out", BY),
        (["supervise", "release", "1001", "--by", "9001"], "agent.release", BY),
        (["supervise", "approve-leave", "1001", "--by", "9001"], "agent.approve_leave", BY),
        (["supervise", "deny-leave", "1001", "--by", "9001"], "agent.deny_leave", BY),
        (
            ["supervise", "monitor", "1001", "--by", "9001"],
            "call.monitor",
            SUPERVISE | {"agent": "1001"},
        ),
        (
            ["supervise", "whisper", "call-1", "--by", "李娜", "--station", "9001"],
            "call.whisper",
            SUPERVISE | {"call_id": "call-1", "by": "李娜", "station": "9001"},
        ),
        (
            ["supervise", "barge", "1001", "--by", "9001"],
            "call.barge",
            SUPERVISE | {"agent": "1001"},
        ),
        (
            ["supervise", "intercept", "1001", "--by", "9001"],
            "call.intercept",
            SUPERVISE | {"agent": "1001"},
        ),
        (
            ["supervise", "follow", "1001", "--by", "9001", "--mode", "whisper"],
            "agent.follow",
            {"agent": "1001", "by": "9001", "station": "", "mode": "whisper", "ring_s": 30},
        ),
        (["supervise", "stop", "--by", "9001"], "call.stop_supervising", {"by": "9001", "station": ""}),
        (["supervise", "list"], "call.supervisors", {}),
        (["items"], "item.list", {"tenant": None, "agent": None, "queue": None}),
        (["items", "list", "--agent", "1001"], "item.list", {"tenant": None, "agent": "1001", "queue": None}),
        (["conferences", "list", "call-1"], "call.parties", {"call_id": "call-1"}),
        (
            ["conferences", "add", "call-1", "1002"],
            "call.add_party",
            {"call_id": "call-1", "whom": "station:1002", "by": ""},
        ),
        (
            ["conferences", "join", "call-1", "call-2", "--by", "1001"],
            "call.join_calls",
            {"call_id": "call-1", "from_call_id": "call-2", "by": "1001"},
        ),
        (["conferences", "drop", "call-1", "party-1"], "call.drop_party", PARTY),
        (["conferences", "mute", "call-1", "party-1"], "call.mute_party", PARTY | {"by": ""}),
        (["conferences", "unmute", "call-1", "party-1"], "call.unmute_party", PARTY | {"by": ""}),
        (["items", "accept", "chat-1", "1001"], "item.accept", {"item": "chat-1", "agent": "1001"}),
        (["items", "reject", "chat-1", "1001"], "item.reject", {"item": "chat-1", "agent": "1001"}),
        (["items", "finish", "chat-1", "1001"], "item.finish", {"item": "chat-1", "agent": "1001"}),
        (["items", "withdraw", "chat-1"], "item.withdraw", {"item": "chat-1"}),
        (
            ["recordings", "tag", "recording-1", "投诉", "--by", "li"],
            "recording.tag",
            {"recording_id": "recording-1", "by": "li", "tag": "投诉"},
        ),
        (
            ["recordings", "untag", "recording-1", "投诉", "--by", "li"],
            "recording.untag",
            {"recording_id": "recording-1", "by": "li", "tag": "投诉"},
        ),
        (
            ["recordings", "rate", "recording-1", "4", "--by", "li"],
            "recording.rate",
            {"recording_id": "recording-1", "by": "li", "rating": 4},
        ),
        (
            ["recordings", "hold", "recording-1", "--reason", "case 7", "--by", ""],
            "recording.hold",
            {"recording_id": "recording-1", "by": "", "reason": "case 7"},
        ),
        (
            ["recordings", "delete", "recording-1", "--reason", "asked for", "--by", "li"],
            "recording.delete",
            {"recording_id": "recording-1", "by": "li", "reason": "asked for"},
        ),
        (
            ["recordings", "convert", "recording-1"],
            "recording.convert",
            {"recording_id": "recording-1"},
        ),
        (
            ["recordings", "release", "recording-1", "--reason", "settled", "--by", "li"],
            "recording.release",
            {"recording_id": "recording-1", "by": "li", "reason": "settled"},
        ),
        (["sip", "bans"], "ban.list", {}),
        (["sip", "bans", "list"], "ban.list", {}),
        (
            ["sip", "bans", "add", "192.0.2.66", "--reason", "盗打", "--seconds", "3600"],
            "ban.add",
            {"source": "192.0.2.66", "reason": "盗打", "duration_s": 3600.0},
        ),
        (
            ["sip", "bans", "add", "192.0.2.66"],
            "ban.add",
            {"source": "192.0.2.66", "reason": "by hand", "duration_s": None},
        ),
        (["sip", "bans", "lift", "192.0.2.66"], "ban.lift", {"source": "192.0.2.66"}),
        (["status"], "switch.status", {}),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_each_command_asks_one_verb_once(
    small_switch: SmallSwitch, words: list[str], verb: str, params: dict[str, Any], as_json: bool
) -> None:
    result = run(small_switch, *words, *(["--json"] if as_json else []))
    assert result.exit_code == 0, result.output
    assert small_switch.asked == [(verb, params)]
    if as_json:
        json.loads(result.stdout)


def test_agents_are_a_table_with_chinese_names(small_switch: SmallSwitch) -> None:
    lines = run(small_switch, "agents").stdout.splitlines()
    row = next(line for line in lines if "张伟" in line)
    assert row.split() == [
        "1001",
        "张伟",
        "AVAILABLE",
        "–",
        "1:07",
        "1001",
        "yes",
        "service,",
        "vip",
        "1",
        "–",
    ]
    other = next(line for line in lines if "Alice" in line)
    # 张伟 is as wide as four letters, so its line has two characters less before the next column.
    assert row.index("AVAILABLE") + 2 == other.index("AVAILABLE")


def test_a_password_is_asked_for_and_only_its_hashes_are_printed(tmp_path: Path) -> None:
    path = tmp_path / "ringmain.toml"
    path.write_text('[sip]\nrealm = "r"\nalgorithms = ["SHA-512-256"]\n')
    words = ["stations", "hash", "1007", "--config", str(path)]
    for folder in ("prompts", "flows"):
        (tmp_path / folder).mkdir()
    result = CliRunner().invoke(app, words, input="geheim\ngeheim\n")
    assert result.exit_code == 0, result.output
    assert "geheim" not in result.output
    path.write_text(path.read_text() + result.stdout)
    (station,) = load_configuration(path).stations
    assert station.hashes("r") == {kind: ha1(kind, "1007", "r", "geheim") for kind in Algorithm}


def test_no_hash_is_made_for_a_name_no_phone_can_have(tmp_path: Path) -> None:
    (tmp_path / "ringmain.toml").write_text("")
    for folder in ("prompts", "flows"):
        (tmp_path / folder).mkdir()
    words = ["stations", "hash", "a b", "--config", str(tmp_path / "ringmain.toml")]
    result = CliRunner().invoke(app, words, input="geheim\ngeheim\n")
    assert (result.exit_code, "no spaces" in result.output) == (2, True)


def test_registrations_say_where_phones_are_and_since_when(small_switch: SmallSwitch) -> None:
    lines = run(small_switch, "sip", "registrations").stdout.splitlines()
    row = next(line for line in lines if "192.0.2.7" in line)
    assert row.split() == [
        *("1001", "sip:1001@192.0.2.7:5062", "udp", "192.0.2.7:5062", "Phone", "4.2", "5:12", "1:02:05")
    ]


def test_json_has_the_answer_as_it_is(small_switch: SmallSwitch) -> None:
    assert json.loads(run(small_switch, "calls", "--json").stdout)[0] == CALL
    assert json.loads(run(small_switch, "queues", "--json").stdout) == [QUEUE]
    assert json.loads(run(small_switch, "agents", "ready", "1001", "--json").stdout) == AGENT
    assert "张伟" in run(small_switch, "agents", "--json").stdout


def test_calls_show_who_and_for_how_long(small_switch: SmallSwitch) -> None:
    text = run(small_switch, "calls").stdout
    for part in ("call-1", "13800138000", "王芳", "95598", "queue:service", "1:02:05"):
        assert part in text


def test_a_call_shows_its_legs_and_how_they_sound(small_switch: SmallSwitch) -> None:
    text = run(small_switch, "calls", "show", "call-1").stdout
    customer, station = text.splitlines()[-2:] if "no room" not in text else text.splitlines()[-3:-1]
    assert customer.split()[:5] == ["customer", "–", "–", "–", "PCMA"]
    assert {"4.12", "2.87", "4.31", "4071", "12"} <= set(customer.split())
    assert station.split()[:6] == ["station", "1001", "–", "–", "–", "–"]
    assert (
        json.loads(run(small_switch, "calls", "show", "call-1", "--json").stdout)["legs"][0]["codec"]
        == "PCMA"
    )


def test_a_call_shows_who_holds_consults_and_passes_it_on(small_switch: SmallSwitch) -> None:
    small_switch.changes = {
        "consultation": {
            "consultation_call_id": "call-7",
            "by": "1001",
            "target": "agent:1002",
            "with_customer": False,
        },
        "transfer": {"by": "1001", "target": "station:1003"},
        "legs": [LEGS[0], LEGS[1] | {"holds": "order", "muted": True}],
    }
    text = run(small_switch, "calls", "show", "call-1").stdout
    assert "1001 consults agent:1002 in call-7, and talks with agent:1002 now" in text
    assert "1001 passes it on to station:1003, whose phone rings" in text
    (station,) = (line for line in text.splitlines() if line.startswith("station"))
    assert "by verb" in station
    assert "yes" in station


def test_queues_show_only_the_counts_there_are(small_switch: SmallSwitch) -> None:
    text = run(small_switch, "queues").stdout
    assert "1 AVAILABLE, 2 ON_CALL" in text
    assert "LOGGED_OUT" not in text
    assert text.splitlines()[-1].split()[2:6] == ["2", "1:01", "1", "85.7%"]  # waiting, longest, eligible …
    assert "9 offered, 7 answered" in text
    assert "85.7% in 20 s" in text
    assert "1:01" in text


def test_bans_show_who_why_and_for_how_long(small_switch: SmallSwitch) -> None:
    first, second = run(small_switch, "sip", "bans").stdout.splitlines()[-2:]
    assert first.split() == ["192.0.2.66", "scanner", "1:07", "8:53", "1", "4711"]
    assert second.split() == ["2001:db8::/64", "scanner", "1:07", "–", "1", "4711"]


def test_a_change_is_confirmed_in_a_sentence(small_switch: SmallSwitch) -> None:
    assert run(small_switch, "agents", "ready", "1001").stdout == "agent 1001 is now AVAILABLE at 1001\n"
    assert run(small_switch, "agents", "sign-out", "1001").stdout == "agent 1001 is now LOGGED_OUT\n"
    assert run(small_switch, "calls", "hang-up", "call-1").stdout == "call-1 from 13800138000 is hung up\n"
    lift = run(small_switch, "sip", "bans", "lift", "192.0.2.66").stdout
    assert lift == "192.0.2.66 is heard again; 4711 messages were dropped\n"


def test_a_ban_tells_until_when_it_lasts(small_switch: SmallSwitch, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = datetime.fromisoformat("2026-11-23 12:00:00").astimezone()
    monkeypatch.setattr("cli.bans.local_now", lambda: noon)
    add = run(small_switch, "sip", "bans", "add", "192.0.2.66").stdout
    assert add == "192.0.2.66 is banned for 8:53, until 2026-11-23 12:08:53\n"
    small_switch.changes = {"left_s": None}
    add = run(small_switch, "sip", "bans", "add", "192.0.2.66").stdout
    assert add == "192.0.2.66 is banned until it is lifted\n"


@pytest.mark.parametrize(
    ("words", "changes", "sentence"),
    [
        (
            ["sign-in", "1001", "1001"],
            {"reachable": False},
            "now NOT_READY (午休) at 1001, but no phone is registered at 1001",
        ),
        (
            ["ready", "1001"],
            {"reachable": False},
            "now AVAILABLE at 1001, but no phone is registered at 1001",
        ),
        (["sign-out", "1001"], {"reachable": False}, "now LOGGED_OUT"),
        (["ready", "1001"], {"state": "OFFERED"}, "AVAILABLE, and rung for a call at once"),
        (
            ["not-ready", "1001", "lunch"],
            {"state": "ON_CALL", "reason": "", "not_ready_after": "lunch"},
            "now ON_CALL at 1001, and NOT_READY (lunch) after the present call",
        ),
    ],
)
def test_the_sentence_says_what_the_agent_should_know(
    small_switch: SmallSwitch, words: list[str], changes: dict[str, Any], sentence: str
) -> None:
    small_switch.changes = changes
    assert run(small_switch, "agents", *words).stdout == f"agent 1001 is {sentence}\n"


@pytest.mark.parametrize(("beginning", "call_id"), [("call-1", "call-1"), ("call-2", "call-20")])
def test_a_call_is_hung_up_by_the_beginning_of_its_id(
    small_switch: SmallSwitch, beginning: str, call_id: str
) -> None:
    assert run(small_switch, "calls", "hang-up", beginning).exit_code == 0
    whole = {"call_id": call_id, "cause": "MANAGER_REQUEST", "leg": "both"}
    assert small_switch.asked == [("call.list", {}), ("call.hang_up", whole)]


@pytest.mark.parametrize(
    ("words", "verb", "params"),
    [
        (["answer", "call-1"], "call.answer", {"station": ""}),
        (["reject", "call-1", "--cause", "USER_BUSY"], "call.reject", {"cause": "USER_BUSY"}),
        (["redirect", "call-1", "queue:sales"], "call.redirect", {"target": "queue:sales"}),
        (["hold", "call-1"], "call.hold", {"station": "", "by_phone": False}),
        (
            ["retrieve", "call-1", "--station", "1002", "--by-phone"],
            "call.retrieve",
            {"station": "1002", "by_phone": True},
        ),
        (
            ["transfer", "call-1", "1002", "--hold"],
            "call.transfer",
            {"target": "agent:1002", "station": "", "hold": True},
        ),
        (["toggle", "call-1"], "call.toggle", {}),
        (["complete-transfer", "call-1"], "call.complete_transfer", {}),
        (["cancel-consultation", "call-1"], "call.cancel_consultation", {}),
        (["join", "call-1"], "call.join", {}),
    ],
)
def test_what_is_asked_of_a_call_goes_to_the_one_that_is_meant(
    small_switch: SmallSwitch, words: list[str], verb: str, params: dict[str, Any]
) -> None:
    told = run(small_switch, "calls", *words)
    assert told.stdout.startswith("call-1 from ")
    assert small_switch.asked == [("call.list", {}), (verb, {"call_id": "call-1"} | params)]


def test_a_call_is_parked_listed_and_picked_up(small_switch: SmallSwitch) -> None:
    assert run(small_switch, "calls", "park", "call-1").stdout == "call-1 waits in slot 701\n"
    assert "701" in run(small_switch, "calls", "parked").stdout
    assert run(small_switch, "calls", "pick-up", "1002", "--slot", "701").stdout.startswith("1002 rings for")
    asked = {"call_id": "", "slot": "701", "station": "1002"}
    assert small_switch.asked[-1] == ("call.pick_up", asked)


def test_a_consultation_tells_the_call_that_it_is(small_switch: SmallSwitch) -> None:
    told = run(small_switch, "calls", "consult", "call-1", "queue:sales").stdout
    assert told == "queue:sales is consulted about call-1, in call-7\n"
    asked = {"call_id": "call-1", "target": "queue:sales", "station": ""}
    assert small_switch.asked[-1] == ("call.consult", asked)


@pytest.mark.parametrize(
    ("beginning", "sentence"),
    [
        ("call-9", "no call that is up begins with 'call-9'; `ringmain calls` lists those that are"),
        ("call-", "several begin with 'call-'; write more of the one you mean: call-1, call-20"),
    ],
)
def test_a_call_that_is_not_named_clearly_is_not_hung_up(
    small_switch: SmallSwitch, beginning: str, sentence: str
) -> None:
    result = run(small_switch, "calls", "hang-up", beginning)
    assert (result.exit_code, result.stderr) == (1, f"ringmain: {sentence}\n")
    assert small_switch.asked == [("call.list", {})]


def test_a_call_that_is_made_says_whom_it_calls_and_for_what(small_switch: SmallSwitch) -> None:
    words = ("calls", "originate", "--first", "station:1001", "--then", "number:13800138000")
    assert run(small_switch, *words).stdout == "call-1 calls station:1001, for number:13800138000\n"


def test_a_recording_is_played_to_a_station_from_a_place_on(small_switch: SmallSwitch) -> None:
    words = ("recordings", "play", "recording-1", "--station", "1001", "--from", "1:30", "--who", "李娜")
    result = run(small_switch, *words)
    asked = {"recording_id": "recording-1", "station": "1001", "channel": "both", "from_s": 90.0}
    assert small_switch.asked == [("recording.play", asked | {"ring_s": 60.0, "who": "李娜"})]
    assert result.stdout.startswith("station 1001 is called; keys: 4 back")


def test_a_station_is_recorded_for_whoever_asks(small_switch: SmallSwitch) -> None:
    result = run(small_switch, "stations", "record", "1001", "--ring", "10")
    assert result.stdout == "call-1 calls 1001, which is recorded when it answers\n"
    ((verb, asked),) = small_switch.asked
    assert (verb, asked["station"], asked["ring_s"]) == ("station.record", "1001", 10)
    assert asked["by"]


def test_engines_of_speech_are_listed_with_their_state(small_switch: SmallSwitch) -> None:
    result = run(small_switch, "prompts", "engines")
    assert result.stdout.splitlines()[-1].split() == ["neural", "down", "3"]


def test_a_prompt_is_recorded_at_a_station(small_switch: SmallSwitch) -> None:
    result = run(small_switch, "prompts", "record", "zh/停电", "1001", "--ring", "10")
    assert result.stdout == "call-1 calls 1001, where zh/停电 can be spoken when it answers\n"
    ((verb, asked),) = small_switch.asked
    assert (verb, asked["prompt"], asked["station"]) == ("prompt.record", "zh/停电", "1001")
    assert (asked["ring_s"], bool(asked["by"])) == (10, True)


@pytest.mark.parametrize(
    ("words", "verb", "params", "told"),
    [
        (["play", "call-1", "zh/a", "zh/b", "--to", "both"], "call.play", {"to": "both"}, "hears zh/a zh/b"),
        (["say", "call-1", "您好"], "call.say", {"language": "zh"}, "hears: 您好"),
        (["stop-playing", "call-1"], "call.stop_playing", {}, "is played no more"),
        (["mute", "call-1", "--side", "customer"], "call.mute", {"side": "customer"}, "is muted: customer"),
        (["unmute", "call-1"], "call.unmute", {"side": "station"}, "is heard again: station"),
        (["send-digits", "call-1", "1,2#"], "call.send_digits", {"digits": "1,2#"}, "hears 1,2#"),
    ],
)
def test_what_a_call_hears_is_said_in_a_sentence(
    small_switch: SmallSwitch, words: list[str], verb: str, params: dict[str, str], told: str
) -> None:
    assert run(small_switch, "calls", *words).stdout == f"call-1 {told}\n"
    _, (asked_verb, asked) = small_switch.asked
    assert asked_verb == verb
    assert params.items() <= asked.items()


def test_call_data_are_shown_noted_and_taken_back(small_switch: SmallSwitch) -> None:
    shown = run(small_switch, "calls", "data", "call-1").stdout
    assert "D-7" in shown
    noted = ["order_no=D-7", "count=3", "urgent=true", 'products=["光纤"]', "note=a=b"]
    run(small_switch, "calls", "data", "call-1", *noted, "--remove", "old")
    asked = [params for verb, params in small_switch.asked if verb == "call.set_data"]
    data = {"order_no": "D-7", "count": 3, "urgent": True, "products": ["光纤"], "note": "a=b"}
    assert asked == [{"call_id": "call-1", "data": data, "remove": ["old"]}]
    refused = run(small_switch, "calls", "data", "call-1", "order_no")
    assert (refused.exit_code, "expected name=value" in refused.stderr) == (1, True)


def test_a_text_to_a_station_says_how_many_phones_it_goes_to(small_switch: SmallSwitch) -> None:
    result = run(small_switch, "stations", "message", "1001", "明天九点 开会")
    assert result.stdout == "text-1 is on its way to 2 phones of 1001\n"
    result = run(small_switch, "stations", "resync", "1001")
    assert result.stdout == "2 phones of 1001 asked to fetch the settings anew\n"


def test_stations_flows_and_status_show_what_the_switch_says(small_switch: SmallSwitch) -> None:
    phone = run(small_switch, "stations").stdout.splitlines()[-1]
    assert phone.split() == ["1001", PHONE["contact"], PHONE["peer"], "5:12"]
    assert run(small_switch, "flows").stdout.splitlines()[-1].split() == [
        *("hotline", "热线", "7", "4", "5", "for", "10%", "differs", "3")
    ]
    assert [line.split() for line in run(small_switch, "status").stdout.splitlines()] == [
        ["ringmain"],
        ["state", "up"],
        ["version", "0.1.0"],
        ["uptime", "1:02:05"],
        ["open", "calls", "2"],
        ["faults", "0"],
    ]


def test_what_runs_of_a_flow_is_told(small_switch: SmallSwitch) -> None:
    told = run(small_switch, "flows", "publish", "hotline", "--share", "10%").stdout.splitlines()
    assert told == [
        "version 5 of hotline runs for 10% of the callers from now on",
        "3 calls that are in it go on as they began",
    ]
    shown = [line.split() for line in run(small_switch, "flows", "history", "hotline").stdout.splitlines()]
    assert [(line[0], line[-1]) for line in shown[-2:]] == [("5", "10%"), ("4", "90%")]


def test_the_version_is_the_packages() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"ringmain {version('ringmain')}\n"


def test_without_a_command_there_is_help(small_switch: SmallSwitch) -> None:
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 0
    assert "recordings" in result.stdout


def test_a_refusal_is_told_on_standard_error_with_exit_code_1(small_switch: SmallSwitch) -> None:
    small_switch.refusal = "agent 1001 talks; sign out after the call"
    result = run(small_switch, "agents", "sign-out", "1001", "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert small_switch.refusal in result.stderr


def test_without_a_switch_the_remedy_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["calls", "--socket", str(tmp_path / "none.sock")])
    assert result.exit_code == 1
    assert "start it with `ringmain serve`" in result.stderr


@pytest.mark.parametrize(
    "words", [["agents", "ready"], ["agents", "dance"], ["dance"], ["calls", "--nonsense"]]
)
def test_a_command_that_cannot_be_understood_ends_with_2(words: list[str]) -> None:
    assert CliRunner().invoke(app, words).exit_code == 2


def test_without_any_configuration_it_is_said_how_to_name_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RINGMAIN_CONFIG", raising=False)
    result = CliRunner().invoke(app, ["calls"])
    assert result.exit_code == 2
    assert "RINGMAIN_CONFIG" in result.stderr


def test_the_socket_comes_from_the_configuration_of_the_environment(
    small_switch: SmallSwitch, tmp_path: Path
) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "flows").mkdir()
    (tmp_path / "my.toml").write_text(f'[control]\nsocket = "{small_switch.socket.name}"\n')
    result = CliRunner().invoke(app, ["queues"], env={"RINGMAIN_CONFIG": str(tmp_path / "my.toml")})
    assert result.exit_code == 0, result.output
    assert small_switch.asked == [("queue.list", {})]


def test_what_else_is_wrong_in_the_file_does_not_hide_the_switch(
    small_switch: SmallSwitch, tmp_path: Path
) -> None:
    wrong = f'[control]\nsocket = "{small_switch.socket.name}"\n[sip]\nport = 0\n[nonsense]\n=\n'
    (tmp_path / "my.toml").write_text(wrong)
    result = CliRunner().invoke(app, ["queues", "--config", str(tmp_path / "my.toml")])
    assert result.exit_code == 0, result.output
    assert small_switch.asked == [("queue.list", {})]


def test_a_wrong_control_section_is_told_on_standard_error(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text("[control]\nsocket = 5\n")
    result = CliRunner().invoke(app, ["calls", "--config", str(tmp_path / "my.toml")])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "my.toml:2: control.socket is 5" in result.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[control\nsocket = "s.sock"\n', "ringmain.toml:1: "),
        ('[control]\nsocket = "s.sock\n', "ringmain.toml:2: socket"),
        ("[[queues]]\nname = = 2\n", "ringmain.toml:2: "),
        ('[control]\nsocket = "s.sock"\nmode = "all"\n', "ringmain.toml:3: control.mode"),
    ],
)
def test_a_configuration_that_hides_the_socket_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ringmain.toml").write_text(text, "utf-8")
    result = CliRunner().invoke(app, ["trunks", "--config", "ringmain.toml"])
    assert result.exit_code == 1
    assert result.stderr.startswith(told)
    assert "no switch listens" not in result.stderr


def test_events_are_lines_until_the_count_is_reached(small_switch: SmallSwitch) -> None:
    small_switch.keep_telling()
    lines = run(small_switch, "events", "--topic", "call.*", "--count", "2").stdout.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert "call.arrived" in line
        assert line.endswith(" call_id=call-5f0c9a1e caller_name=王芳 offers=0")


def test_events_as_json_are_one_document_a_line(small_switch: SmallSwitch) -> None:
    small_switch.keep_telling()
    result = run(small_switch, "events", "follow", "-t", "agent.*", "--count", "1", "--json")
    assert json.loads(result.stdout) == {
        "sequence": 2,
        "time": 1_790_000_001.0,
        "topic": "agent.state_changed",
        "fields": {"agent": "1001"},
    }


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "remark"), [(Terminal(), "following call.*; Ctrl-C ends"), (StringIO(), "")]
)
def test_somebody_at_a_terminal_is_told_that_events_are_followed(
    small_switch: SmallSwitch,
    monkeypatch: pytest.MonkeyPatch,
    stream: StringIO,
    remark: str,
) -> None:
    small_switch.keep_telling()
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr("sys.stderr", stream)
    events.follow(topic=["call.*"], count=1, socket=small_switch.socket)
    assert stream.getvalue().strip() == remark


def test_a_topic_that_is_none_is_refused(small_switch: SmallSwitch) -> None:
    result = run(small_switch, "events", "--topic", "", "--count", "1")
    assert result.exit_code == 1
    assert result.stderr.startswith("ringmain:")


def test_a_text_for_agents_says_who_gets_it_now_and_who_later(small_switch: SmallSwitch) -> None:
    told = run(small_switch, "agents", "message", "九点开会", "--everybody").stdout
    assert told == "message-1 went to 2 agents, 1 of them at a phone; kept for 1003 until they sign in\n"
    listed = run(small_switch, "agents", "messages", "1001").stdout
    assert "九点开会" in listed
    assert "desktop, phone" in listed


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("bans", "'sip bans'?"),
        ("registrations", "'sip registrations'?"),
        ("trace", "'sip trace'?"),
        ("ban", "'sip bans'?"),
        ("agent", "'agents'?"),
        ("record", "'calls record', 'stations record', 'prompts record'?"),
        ("lift", "'sip bans lift'?"),
        ("show", "'configuration show', 'calls show', 'contacts show', 'calendars show', 'lists show', …?"),
    ],
)
def test_a_word_that_is_no_command_is_looked_for_below_the_nouns(word: str, meant: str) -> None:
    asked = CliRunner().invoke(app, [word], env={"COLUMNS": "200"})
    assert asked.exit_code == 2
    assert f"No such command '{word}'. Did you mean {meant}" in asked.stderr


def test_a_word_that_is_like_no_command_is_not_guessed_at() -> None:
    asked = CliRunner().invoke(app, ["xyzzy"], env={"COLUMNS": "200"})
    assert asked.exit_code == 2
    assert "No such command 'xyzzy'." in asked.stderr
    assert "Did you mean" not in asked.stderr
