"""queues entries and totals: read from the database."""

import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert
from typer.testing import CliRunner

from acd.records import QueueEntries
from cli.commands import app
from runtime.clock import local_now
from tests.cli.small_installation import write_installation

ROW = {
    "entry": 1,
    "call_id": "call-1",
    "contact_id": "contact-1",
    "queue": "service",
    "medium": "voice",
    "joined_at": local_now(),
    "wait_ms": 7_000,
    "outcome": "connected",
    "offers": 1,
    "agent": "1001",
    "talk_ms": 60_000,
}
CHAT = {"entry": 2, "call_id": "chat-1", "medium": "chat", "wait_ms": 9_000, "outcome": "abandoned"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration whose database has a call and a chat."""
    file = write_installation(tmp_path)
    text = (
        file.read_text("utf-8")
        + f"""
[records]
database = "sqlite:///{tmp_path / "records.db"}"
"""
    )
    file.write_text(text, "utf-8")
    engine = create_engine(f"sqlite:///{tmp_path / 'records.db'}")
    QueueEntries.table.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(QueueEntries.table), [ROW])
        connection.execute(insert(QueueEntries.table), [ROW | CHAT | {"agent": None, "talk_ms": None}])
    engine.dispose()
    return file


def run(config: Path, *words: str) -> str:
    result = CliRunner().invoke(app, ["queues", *words, "--config", str(config)])
    assert result.exit_code == 0, result.output
    return result.output


def test_who_came_is_listed_by_medium(config: Path) -> None:
    assert [row["call_id"] for row in json.loads(run(config, "entries", "--json"))] == ["chat-1", "call-1"]
    table = run(config, "entries", "service", "--medium", "chat")
    assert "chat-1" in table
    assert "call-1" not in table


def test_totals_are_by_queue_and_medium(config: Path) -> None:
    chat, voice = json.loads(run(config, "totals", "--json"))
    assert (chat["medium"], chat["came"], chat["abandoned"], chat["talk_ms"]) == ("chat", 1, 1, None)
    assert (voice["medium"], voice["served"], voice["talk_ms"]) == ("voice", 1, 60_000)
    assert "voice" in run(config, "totals", "--hours", "1")
