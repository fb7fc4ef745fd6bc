"""operations: who had the switch do what, read from the database."""

import json
from pathlib import Path

from typer.testing import CliRunner

from cli.commands import app
from cli.configuration.loading import load_configuration
from switch.access.records import Operations
from switch.records.store import RecordStore
from tests.switch.access.test_operation_records import STORY
from tests.switch.records.stories import fold, journal_of


def test_operations_are_listed_for_people_and_programs(configuration_path: Path) -> None:
    store = RecordStore(load_configuration(configuration_path).records.database, [Operations.table])
    store.open()
    store.write({Operations.table: [*fold(Operations(), journal_of(STORY))]}, 5)
    store.close()
    at = ["--config", str(configuration_path)]
    told = CliRunner().invoke(app, ["operations", *at])
    assert told.exit_code == 0, told.output
    assert "班长台" in told.stdout
    assert told.stdout.count("call.hold") == 2
    some = CliRunner().invoke(app, ["operations", "list", "--verb", "call.*", "--by", "1001", "--json", *at])
    (one,) = json.loads(some.stdout)
    assert (one["verb"], one["role"], one["params"]) == ("call.hold", "agent", '{"call_id": "call-1"}')
    later = CliRunner().invoke(app, ["operations", "list", "--since", "2040-01-01", *at])
    assert "operations: none" in later.stdout
