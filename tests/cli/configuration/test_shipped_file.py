"""The shipped configuration is valid, complete and true to the defaults."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from cli.configuration.expectations import item_type, model_type
from cli.configuration.loading import load_configuration, read_configuration
from cli.configuration.sections import Configuration
from switch.recording_rule import RecordingRule
from tests.helpers.sip_house import Authority

SHIPPED = Path(__file__).parents[3] / "conf" / "ringmain.toml"


def test_the_shipped_file_is_valid_and_stays_on_this_machine() -> None:
    configuration = load_configuration(SHIPPED)
    assert {configuration.sip.host, configuration.media.host, configuration.http.host} == {"127.0.0.1"}
    assert [(code.number, code.target, code.record) for code in configuration.access_codes] == [
        ("95598", "flow:hotline", RecordingRule.FROM_ANSWER)
    ]
    assert [agent.name for agent in configuration.agents] == ["张伟", "李娜", "Alice"]
    assert {station.name for station in configuration.stations} == {
        agent.id for agent in configuration.agents
    }


def uncommented(text: str) -> str:
    """The shipped file with every commented key set."""
    lines = (
        line.removeprefix("# ") if line.startswith("# ") and _is_code(line) else line
        for line in text.split("\n")
    )
    return "\n".join(line if not line.startswith("# ") else "" for line in lines)


def _is_code(line: str) -> bool:
    return " = " in line or line.startswith("# [[")


def fields_of(model: type[BaseModel]) -> list[tuple[str, str, Any]]:
    sections = [(name, model_type(info.annotation)) for name, info in model.model_fields.items()]
    return [
        (name, key, info)
        for name, kind in sections
        if kind is not None
        for key, info in kind.model_fields.items()
    ]


def merged(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The keys of all entries of a list; some exclude each other in one."""
    return {key: value for entry in entries for key, value in entry.items()}


def is_example(info: Any) -> bool:
    """Whether it is a list of tables, of which the file shows one."""
    return item_type(info.annotation) is not None and model_type(info.annotation) is not None


@pytest.mark.parametrize(
    ("section", "key", "info"), fields_of(Configuration), ids=lambda part: str(part)[:30]
)
def test_the_shipped_file_shows_every_key_and_each_commented_one_has_its_default(
    section: str, key: str, info: Any
) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    shown, active = tomllib.loads(uncommented(text))[section], tomllib.loads(text).get(section, {})
    if isinstance(shown, list):
        shown, active = merged(shown), merged(active)
    assert key in shown, f"[{section}] does not mention {key}"
    if key not in active and info.default is not None and not info.is_required() and not is_example(info):
        default = info.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            default = default.model_dump(exclude_defaults=True)
        assert shown[key] == (list(default) if isinstance(default, tuple) else default)


def test_a_file_with_every_key_set_is_valid(tmp_path: Path) -> None:
    for folder in ("prompts", "flows"):
        (tmp_path / folder).mkdir()
    (tmp_path / "stations.csv").write_text("name,password\n")
    (tmp_path / "tls").mkdir()
    authority = Authority(tmp_path / "tls")
    authority.issue("sip.example.com")
    for name in ("clients", "authorities"):
        (tmp_path / "tls" / f"{name}.pem").write_bytes(authority.ca.read_bytes())
    (tmp_path / "tls" / "billing.token").write_text("secret\n")
    path = tmp_path / "all.toml"
    path.write_text(uncommented(SHIPPED.read_text(encoding="utf-8")), encoding="utf-8")
    assert read_configuration(path).problems == []


def test_lists_of_sections_are_told_from_single_ones() -> None:
    lists = {name for name, info in Configuration.model_fields.items() if item_type(info.annotation)}
    assert lists == {
        "listeners",
        "stations",
        "access_codes",
        "trunks",
        "routes",
        "areas",
        "calendars",
        "message_boxes",
        "number_lists",
        "lookups",
        "queues",
        "agents",
        "alarms",
        "tokens",
    }
