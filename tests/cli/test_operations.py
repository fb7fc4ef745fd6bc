"""operations: who had the switch do what, read from the database."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.commands import app
from cli.configuration.loading import load_configuration
from cli.operations import list_rows
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
    assert told.stdout.count("call_id=call-1 ") == len(STORY)
    some = CliRunner().invoke(app, ["operations", "list", "--verb", "call.*", "--by", "1001", "--json", *at])
    (one,) = json.loads(some.stdout)
    assert (one["verb"], one["role"], one["params"]) == ("call.hold", "agent", '{"call_id": "call-1"}')
    later = CliRunner().invoke(app, ["operations", "list", "--since", "2040-01-01", *at])
    assert "operations: none" in later.stdout


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ('{"agent":"1001","reason":"午休","force":false}', "agent=1001 reason=午休 force=false"),
        ('{"tenant":null,"why":"","keys":{"calls":3},"times":0,"more":[]}', 'keys={"calls": 3} times=0'),
        ("{}", "–"),
        ('{"text":"cut he', '{"text":"cut he'),
    ],
)
def test_what_was_given_is_told_in_few_words_and_why_on_one_line(
    params: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one = {
        "done_at": "–",
        "done_by": "",
        "role": "operator",
        "verb": "x.y",
        "params": params,
        "source": "unix",
    }
    list_rows([one | {"outcome": "refused", "tenant": "", "message": "it stays:\na.toml:4: no"}])
    *_, line = capsys.readouterr().out.splitlines()
    assert f" {told} " in line
    assert line.rstrip().endswith("it stays: a.toml:4: no")
