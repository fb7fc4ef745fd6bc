"""A flow in which callers are spoken to and understood by a speech server, over the wire."""

from contextlib import ExitStack
from pathlib import Path

from sipp_scenarios.follower import EventFollower
from tests.helpers.call_centre import CallCentre
from tests.helpers.mrcp_server import VOICE, mrcp_server
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section
from tests.interop.test_speech_servers import config_of, was_heard

NUMBER = "95613"
SPOKEN = """
name: spoken
title: 语音导航
language: zh
start: 欢迎
nodes:
  欢迎: { type: say, text: "您好，{caller_number}", live: true, next: 业务, on_error: 按键 }
  业务:
    type: recognise
    prompts: [zh/digits/1]
    grammars: ["builtin:speech/transcribe"]
    variable: 说的
    timeout_s: 20
    pause_s: 0.3
    next: 明白
    otherwise: 按键
  明白: { type: tag, add: [听懂了], next: 再见 }
  按键: { type: hang_up, cause: NO_USER_RESPONSE }
  再见: { type: hang_up }
"""


def test_a_caller_is_spoken_to_and_understood(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(mrcp_server())
        code = section("[[access_codes]]", number=NUMBER, target="flow:spoken")
        more = "\n".join((config_of([("speech", server.port)]), code))
        switch = switch_process(tmp_path, more=more)
        (tmp_path / "flows" / "spoken.yaml").write_text(SPOKEN, "utf-8")
        running = stack.enter_context(switch)
        centre = CallCentre(running, stack.enter_context(EventFollower(running.control_socket)), tmp_path)
        caller = stack.enter_context(centre.caller(NUMBER, "13800138000"))
        media = caller.wait_answered()
        caller.talker.fall_silent()
        centre.events.wait_for("speaking.finished", reason="finished")
        assert was_heard(VOICE, caller.talker.heard)
        assert "您好，13800138000" in server.asked[0].body.decode()
        centre.events.wait_for("recognition.began")
        caller.talker.talk_to(*media)
        centre.events.wait_for("recognition.heard")
        caller.talker.fall_silent()
        understood = centre.events.wait_for("flow.speech_understood")
        assert understood.fields["confidence"] > 0.5
        caller.wait_hung_up_on()
        left = centre.events.wait_for("flow.left")
        assert tuple(left.fields["path"]) == ("欢迎", "业务", "明白", "再见")
        centre.wait_until_nothing_is_left()


def test_without_a_server_the_flow_goes_where_it_says(tmp_path: Path) -> None:
    with ExitStack() as stack:
        code = section("[[access_codes]]", number=NUMBER, target="flow:spoken")
        switch = switch_process(tmp_path, more=code)
        (tmp_path / "flows" / "spoken.yaml").write_text(SPOKEN, "utf-8")
        running = stack.enter_context(switch)
        centre = CallCentre(running, stack.enter_context(EventFollower(running.control_socket)), tmp_path)
        centre.run("caller_stays_to_the_end", NUMBER)
        left = centre.events.wait_for("flow.left")
        assert tuple(left.fields["path"]) == ("欢迎", "按键")
        assert centre.events.wait_for("flow.node_failed").fields["reason"] == "no_server"
