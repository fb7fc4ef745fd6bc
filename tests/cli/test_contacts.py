"""``ringmain contacts``: a customer's whole visit from the records."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table
from typer.testing import CliRunner

from cli.commands import app
from cli.contact_visit import OF_CONTACT
from ivr.records import FLOW_RUNS
from switch.records.recordings import recording_parties
from switch.records.store import RecordStore
from tests.cli.test_records import BEGAN, call_row, recording_row

LATER = {"start_stamp": BEGAN + timedelta(hours=1), "end_stamp": BEGAN + timedelta(hours=1, seconds=30)}

LISTENED = {"direction": "outbound", "whom": "station:9001", "src": "9001", "bridge_stamp": None}
"""The call of a supervisor's phone."""


def at(seconds: float) -> Any:
    return BEGAN + timedelta(seconds=seconds)


def rows(folder: Path) -> dict[Table, list[Mapping[str, Any]]]:
    """A visit of two calls, with all that can belong to one, and two visits of others."""
    joined = {"contact_id": "contact-1", "call_id": "call-1", "tags": None, "medium": "voice"}
    talked = {"outcome": "answered", "offers": 1, "ring_ms": 900, "agent": "2001", "station": "1001"}
    entry = {"entry": 7, "queue": "service", "joined_at": at(12), "left_at": at(20), "wait_ms": 8000}
    back = {"callback_at": None, "callback_attempts": None, "called_back_at": None}
    asked = {"callback_id": "callback-1", "contact_id": "contact-1", "call_id": "call-1", "queue": "vip"}
    times = {"joined_at": at(12), "expires_at": at(999), "called_back_at": None, "ended_at": None}
    numbers = {"caller_number": "13800138000", "numbers": '["13800138000"]', "asked_by": "key"}
    run = {"run_id": 3, "call_id": "call-1", "flow": "hotline", "version": 0, "entered_at": at(1)}
    left = {
        "left_at": at(11),
        "path": "greet > menu",
        "keys": "1",
        "left_node": "menu",
        "reason": "handed_off",
    }
    chat = {"item": "chat-1", "contact_id": "contact-1", "medium": "chat", "customer": "13800138000"}
    answer = {"answer_id": 9, "call_id": "call-1", "contact_id": "contact-1", "answered_at": at(69)}
    survey = {"flow": "survey", "node": "rate", "question": "满意度", "answer": "5"}
    return {
        OF_CONTACT["calls"]: [
            call_row("call-1", whom=None),
            call_row("call-2", direction="outbound", whom="number:139", recording_id=None, **LATER),
            call_row("call-3", contact_id="contact-2", src="13900139000"),
            call_row("call-4", contact_id=None),
            call_row("call-8", contact_id="visit-8", **LISTENED),
            call_row("call-9", contact_id="visit-9", **LISTENED | {"whom": "station:acme/9001"}),
        ],
        OF_CONTACT["queue_entries"]: [joined | entry | talked | back | {"talk_ms": 40_000}],
        OF_CONTACT["callbacks"]: [
            asked | times | numbers | {"asked_at": at(15), "attempts": 2, "outcome": None, "kept": "{}"}
        ],
        OF_CONTACT["items"]: [
            chat | {"came_at": at(300), "ended_at": at(360), "outcome": "completed", "kept": None}
        ],
        OF_CONTACT["recordings"]: [
            recording_row("recording-ab12", folder / "x.wav", started_at=at(2)),
            recording_row("recording-cd34", folder / "y.wav", contact_id="contact-2"),
        ],
        OF_CONTACT["survey_answers"]: [answer | survey | {"caller_number": "13800138000", "language": "zh"}],
        FLOW_RUNS: [run | left | {"queue": "service", "language": "zh"}],
        recording_parties: [
            {
                "recording_id": "recording-ab12",
                "position": 1,
                "role": "agent",
                "station": "1001",
                "agent": "2001",
                "joined_at": at(2),
                "left_at": None,
            }
        ],
    }


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("prompts", "flows"):
        (tmp_path / name).mkdir()
    (tmp_path / "ringmain.toml").write_text('[records]\ndatabase = "sqlite:///records.db"\n')
    told = rows(tmp_path)
    store = RecordStore(f"sqlite:///{tmp_path}/records.db", list(told))
    store.open()
    assert store.write(told, 1) == []
    store.close()
    return tmp_path


def run(place: Path, *words: str) -> Any:
    return CliRunner().invoke(app, ["contacts", *words, "--config", str(place / "ringmain.toml")])


def test_a_visit_is_told_in_the_order_of_time(place: Path) -> None:
    text = run(place, "show", "contact-1").stdout
    lines = [line.split() for line in text.splitlines()[3:]]
    assert [line[2] for line in lines] == [
        *("call", "flow", "recording", "queue", "callback", "rating", "chat", "call")
    ]
    for part in (
        "greet > menu",
        "keys 1",
        "service → agent 2001 at 1001",
        "answered, talked 0:40",
        "we → number:139",
    ):
        assert part in text
    for part in ("vip, asked by key", "2 attempts", "满意度", "completed", "recording-ab12"):
        assert part in text


def test_all_rows_of_a_visit_are_given_to_programs_and_none_of_others(place: Path) -> None:
    told = json.loads(run(place, "show", "contact-1", "--json").stdout)
    assert {name: len(found) for name, found in told.items()} == {
        "calls": 2,
        "queue_entries": 1,
        "callbacks": 1,
        "items": 1,
        "recordings": 1,
        "survey_answers": 1,
        "flow_runs": 1,
        "recording_parties": 1,
    }
    assert "kept" not in told["callbacks"][0]
    assert "contact-2" not in str(told)


def test_visits_are_listed_newest_first_and_by_number(place: Path) -> None:
    everybody = json.loads(run(place, "list", "--json").stdout)
    assert {each["contact_id"]: each["calls"] for each in everybody} == {"contact-1": 2, "contact-2": 1}
    (own,) = json.loads(run(place, "list", "--number", "13800138000", "--json").stdout)
    assert (own["contact_id"], own["talk_ms"]) == ("contact-1", 134_800)
    line = run(place, "--number", "13800138000").stdout.splitlines()[-1]
    assert line.split()[-4:] == ["13800138000", "95598", "2", "2:14"]
    assert "contacts: none" in run(place, "list", "--number", "1").stdout


def test_a_visit_is_the_customers_whoever_was_consulted_in_it(place: Path) -> None:
    store = RecordStore(f"sqlite:///{place}/records.db", list(rows(place)))
    store.open()
    came = call_row("call-5", contact_id="contact-3", src="13900139004")
    consulted = call_row("call-6", contact_id="contact-3", src="1001", **LATER)
    assert store.write({OF_CONTACT["calls"]: [consulted, came]}, 2) == []
    store.close()
    told = json.loads(run(place, "list", "--json").stdout)
    assert {each["contact_id"]: each["number"] for each in told}["contact-3"] == "13900139004"


def test_the_beginning_of_an_id_is_enough_when_no_other_has_it(place: Path) -> None:
    several = run(place, "show", "contact")
    assert several.exit_code == 1
    assert "several begin with 'contact'" in several.stderr
    assert "contact-1, contact-2" in several.stderr
    nobody = run(place, "show", "contact-9")
    assert "no contact begins with 'contact-9'" in nobody.stderr
