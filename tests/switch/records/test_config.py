from pathlib import Path

import pytest
from pydantic import ValidationError

from switch.records.config import RecordsConfig


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sqlite:///run/calls.db", "sqlite:////etc/ringmain/run/calls.db"),
        ("sqlite:///../calls.db", "sqlite:////etc/ringmain/../calls.db"),
        ("sqlite:////var/calls.db", "sqlite:////var/calls.db"),
        ("postgresql://u:p%40ss@db/calls", "postgresql://u:p%40ss@db/calls"),
    ],
)
def test_relative_paths_are_taken_from_the_folder(written: str, meant: str) -> None:
    config = RecordsConfig(journal=Path("journal"), database=written).in_folder(Path("/etc/ringmain"))
    assert (config.journal, config.database) == (Path("/etc/ringmain/journal"), meant)


@pytest.mark.parametrize(
    "url", ["", "calls.db", "oracle://db/calls", "nonsense://", "sqlite://", "sqlite:///:memory:"]
)
def test_a_database_that_cannot_be_used_is_told(url: str) -> None:
    with pytest.raises(ValidationError, match=r"a (database )?URL"):
        RecordsConfig(database=url)
