"""Number lists and calendars over the wire: SIPp calls, and is known, or refused."""

from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

from typer.testing import CliRunner

from cli.commands import app
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import Scenario, ScenarioResult, run_scenario
from sipp_scenarios.switch_process import SwitchProcess
from switch.records.queries import RecordReader
from switch.records.segment import list_segments
from tests.helpers.switch_process import QUEUE_ONLY, switch_process
from tests.helpers.toml_text import section

CUSTOMER, STRANGER = "13700137000", "13600136000"
PATIENCE_S = 45.0
LISTS = "\n".join(
    [
        section("[[number_lists]]", name="vip", kind="vip", priority=50, tags=["大客户"]),
        section("[[number_lists]]", name="black", kind="black", cause="USER_BUSY"),
        section("[[number_lists]]", name="debtors", kind="black", target="flow:hotline"),
        section("[[calendars]]", name="office", hours=["mon-sun 00:00-24:00"]),
    ]
)


def call(switch: SwitchProcess, folder: Path, caller: str, name: str) -> ScenarioResult:
    keys: dict[str, str | int] = {"caller": caller, "caller_name": "客户", "rtp_port": 9}
    scenario = Scenario(name=name, switch=switch.sip, dialled=QUEUE_ONLY, keys=keys)
    return run_scenario(replace(scenario, timeout_s=60), folder).check()


def record_of(switch: SwitchProcess, call_id: str) -> dict[str, Any]:
    """The call's record, which follows its end."""
    records, deadline = RecordReader(switch.configuration.records), monotonic() + PATIENCE_S
    while monotonic() < deadline:
        for row in records.calls():
            if row["call_id"] == call_id:
                return row
    raise AssertionError(f"no record of {call_id}")


def test_who_is_on_a_black_list_is_refused_and_a_vip_is_known(tmp_path: Path) -> None:
    with switch_process(tmp_path, more=LISTS) as switch, EventFollower(switch.control_socket) as events:
        events.call("list.add", list="vip", entries=[{"number": "+86 137 0013 7000", "remark": "王芳"}])
        events.call("list.add", list="black", entries=[{"number": "1360013*"}])
        call(switch, tmp_path, STRANGER, "caller_finds_busy")
        refused = events.wait_for("call.refused", black_list="black", cause="USER_BUSY").fields
        assert record_of(switch, refused["call_id"])["lists"] == "black"
        assert "black" in switch.log.read_text("utf-8")
        call(switch, tmp_path, CUSTOMER, "caller_calls_briefly")
        arrived = events.wait_for("call.arrived", caller_number=CUSTOMER).fields
        assert (arrived["lists"], arrived["tags"], arrived["priority"]) == (["vip"], ["大客户"], 50)
        record = record_of(switch, arrived["call_id"])
        assert (record["lists"], record["tags"]) == ("vip", "大客户")
        assert not [
            entry for entry in events.seen if entry.topic == "call.arrived" and entry.fields is not arrived
        ]


def test_a_black_list_may_lead_its_callers_to_a_flow(tmp_path: Path) -> None:
    with switch_process(tmp_path, more=LISTS) as switch, EventFollower(switch.control_socket) as events:
        events.call("list.add", list="debtors", entries=[{"number": CUSTOMER}])
        call(switch, tmp_path, CUSTOMER, "caller_calls_briefly")
        events.wait_for("call.arrived", target="flow:hotline", access_code=QUEUE_ONLY)
        events.wait_for("flow.entered", flow="hotline")


def test_numbers_outlive_a_switch_that_was_killed(tmp_path: Path) -> None:
    (tmp_path / "vip.csv").write_text(f"号码,备注,失效日期\n{CUSTOMER},王芳,2099-12-31\n", "utf-8")
    config = ["--config", str(tmp_path / "ringmain.toml")]
    with switch_process(tmp_path, more=LISTS) as switch:
        with EventFollower(switch.control_socket) as events:
            imported = CliRunner().invoke(app, ["lists", "import", "vip", str(tmp_path / "vip.csv"), *config])
            assert imported.stdout == "1 numbers are on vip\n"
            events.wait_for("list.numbers_added", list="vip")
            events.call("list.add", list="black", entries=[{"number": STRANGER}])
            events.call("list.add", list="tag:65岁以上", entries=[{"number": CUSTOMER}])
            events.wait_for("list.numbers_added", list="tag:65岁以上")
        wait_until_on_disk(switch, "65岁以上")
        switch.kill()
        switch.start()
        with EventFollower(switch.control_socket) as events:
            known = events.call("list.lookup", number=CUSTOMER)
            assert (known["lists"], known["tags"]) == (["vip"], ["大客户", "65岁以上"])
            assert known["entries"]["vip"]["valid_until"].startswith("2100-01-01T00:00")
            call(switch, tmp_path, STRANGER, "caller_finds_busy")
            events.wait_for("call.refused", black_list="black")
        exported = CliRunner().invoke(app, ["lists", "export", "vip", *config]).stdout
        assert exported.splitlines()[1].startswith(f"{CUSTOMER},王芳,,2100-01-01T00:00")


def test_a_database_that_is_down_at_the_start_holds_nobody_up_and_loses_no_number(tmp_path: Path) -> None:
    with switch_process(tmp_path, more=LISTS) as switch:
        with EventFollower(switch.control_socket) as events:
            events.call("list.add", list="black", entries=[{"number": STRANGER}])
        switch.terminate()
        switch.wait(PATIENCE_S)
        database = tmp_path / "ringmain.db"
        for path in tmp_path.glob("ringmain.db*"):
            path.unlink()
        database.mkdir()
        switch.start()
        with EventFollower(switch.control_socket) as events:
            assert events.call("list.lookup", number=STRANGER)["rejection"] is None
            events.call("list.add", list="vip", entries=[{"number": CUSTOMER}])
            call(switch, tmp_path, CUSTOMER, "caller_calls_briefly")
            events.wait_for("call.arrived", caller_number=CUSTOMER, lists=["vip"])
            database.rmdir()
            events.wait_for("list.loaded")
            call(switch, tmp_path, STRANGER, "caller_finds_busy")
            assert events.call("list.lookup", number=CUSTOMER)["lists"] == ["vip"]


def wait_until_on_disk(switch: SwitchProcess, word: str) -> None:
    """The journal collects events for a tenth of a second."""
    deadline = monotonic() + PATIENCE_S
    while word not in written(switch):
        assert monotonic() < deadline


def written(switch: SwitchProcess) -> str:
    segments = list_segments(switch.configuration.records.journal)
    return "".join(segment.path.read_text("utf-8") for segment in segments)


def test_a_calendar_is_told_at_the_start_and_closed_by_hand_over_a_restart(tmp_path: Path) -> None:
    config = ["--config", str(tmp_path / "ringmain.toml")]
    with switch_process(tmp_path, more=LISTS) as switch:
        shown = CliRunner().invoke(app, ["calendars", *config]).stdout.splitlines()[-1]
        assert shown.split()[:3] == ["office", "office", "open"]
        with EventFollower(switch.control_socket) as events:
            closing = ["calendars", "override", "office", "closed", "--for", "1h", *config]
            assert "office is closed until" in CliRunner().invoke(app, closing).stdout
            events.wait_for("calendar.closed", calendar="office", reason="override")
        wait_until_on_disk(switch, "calendar.closed")
        kept, deadline = tmp_path / "journal" / "calendars.json", monotonic() + PATIENCE_S
        while not kept.exists():
            assert monotonic() < deadline
        switch.kill()
        switch.start()
        with EventFollower(switch.control_socket) as events:
            events.call("calendar.override", calendar="office", state="hours")
            events.wait_for("calendar.opened", calendar="office", reason="override")
        wait_until_on_disk(switch, "calendar.opened")
        told = [line for line in written(switch).splitlines() if '"start"' in line]
        assert ["calendar.opened" in line for line in told] == [True, False]
