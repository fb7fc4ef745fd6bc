"""The schema of the control socket: published as it is, complete, and true of what goes over the wire."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import uvloop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cli.house.tenants import OF_HOUSE, VERBS
from cli.schema.document import control_schema
from cli.schema.event_words import MODULES
from cli.schema.events import events_of
from cli.schema.tidying import inlined
from runtime.vocabulary import Event, event_fields, field_names
from tests.switch.control.test_verbs_page import QUESTIONS, ask

PAGE = Path(__file__).parents[3] / "docs" / "control.schema.json"
SCHEMA = control_schema()
WHOLE = Draft202012Validator(SCHEMA)
KINDS = [kind for module in MODULES for kind in events_of(module)]
OF_SESSIONS = {"verb.list"} | {name for name in SCHEMA["verbs"] if name.startswith(("event.", "session."))}


def strict(part: Any) -> Any:
    """The same for a switch of this version, which answers nothing beyond what the schema tells."""
    match part:
        case {"properties": dict()}:
            return {"additionalProperties": False, **{key: strict(inner) for key, inner in part.items()}}
        case dict():
            return {key: strict(inner) for key, inner in part.items()}
        case list():
            return [strict(inner) for inner in part]
    return part


STRICT = {"$defs": strict(SCHEMA["$defs"]), "verbs": strict(SCHEMA["verbs"])}


def mistakes(message: dict[str, Any]) -> list[str]:
    return [error.message for error in WHOLE.iter_errors(json.loads(json.dumps(message)))]


def test_what_is_published_is_up_to_date() -> None:
    published = json.loads(PAGE.read_text("utf-8"))
    assert published == SCHEMA, "run python -m tests.switch.control.typed_client"


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_it_has_every_verb() -> None:
    """A class with new verbs must be put into SOURCES of cli/schema/verbs.py."""
    assert set(SCHEMA["verbs"]) == VERBS.keys() | OF_HOUSE | OF_SESSIONS


def test_every_answer_is_described() -> None:
    """A handler returns an Answer (runtime/models.py), a list of them, or None; see acd/answers.py."""
    bare = [
        name
        for name, verb in SCHEMA["verbs"].items()
        if is_anything(inlined(verb["answer"], SCHEMA["$defs"]))
    ]
    assert bare == []


def is_anything(schema: Any) -> bool:
    """Whether it says nothing, or of a map not which keys, or that of the entries of a list."""
    of_list = "items" in schema and is_anything(schema["items"])
    return schema in ({}, {"type": "object"}, ANY_MAP) or of_list


ANY_MAP = {"type": "object", "additionalProperties": True}


def test_every_request_and_answer_of_the_examples_is_valid(tmp_path: Path) -> None:
    for (verb, params), answer in zip(QUESTIONS, uvloop.run(ask(tmp_path, *QUESTIONS)), strict=True):
        assert mistakes({"id": 1, "verb": verb, "params": params}) == [], verb
        part = {"$ref": f"#/verbs/{verb}/answer", **STRICT}
        assert list(Draft202012Validator(part).iter_errors(json.loads(json.dumps(answer)))) == [], verb


@pytest.mark.parametrize(
    "message",
    [
        {"id": 1, "verb": "agent.redy", "params": {"agent": "1001"}},
        {"id": 1, "verb": "agent.ready", "params": {}},
        {"id": 1, "verb": "agent.ready"},
        {"id": 1, "verb": "agent.ready", "params": {"agent": 1001}},
        {"id": 1, "verb": "agent.ready", "params": {"agent": "1001", "reason": "x"}},
        {"id": -1, "verb": "agent.reasons"},
        {"id": 1, "error": {"code": "no_idea", "message": "x"}},
        {"event": {"sequence": 1, "time": 1.0, "topic": "call.answered", "fields": {}}},
        {"event": {"sequence": 1, "time": 1.0, "topic": "call.anwsered", "fields": {"call_id": "call-1"}}},
    ],
)
def test_it_finds_mistakes(message: dict[str, Any]) -> None:
    assert mistakes(message)


@pytest.mark.parametrize(
    "message",
    [
        {"id": 1, "verb": "agent.reasons"},
        {"id": 1, "result": None},
        {"id": 1, "error": {"code": "refused", "message": "they talk", "data": {"reason": "talking"}}},
    ],
)
def test_it_takes_what_is_right(message: dict[str, Any]) -> None:
    assert mistakes(message) == []


def made_up(kind: type[Event]) -> st.SearchStrategy[Event]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{name: of_type(hints[name]) for name in field_names(kind)})


def of_type(hint: Any) -> st.SearchStrategy[Any]:
    if hint is Any:
        return st.none() | st.text() | st.integers()
    if hint is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    return st.from_type(hint)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.topic)
@settings(max_examples=5, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_every_event_is_valid_whatever_it_tells(kind: type[Event], data: st.DataObject) -> None:
    fields = event_fields(data.draw(made_up(kind)))
    event = json.loads(json.dumps(fields, default=repr))
    part = Draft202012Validator({"$ref": f"#/events/{kind.topic}/fields", **PARTS})
    assert [error.message for error in part.iter_errors(event)] == []


PARTS = {key: SCHEMA[key] for key in ("$defs", "events")}


def texts_without_a_word(part: Any, path: str) -> Iterator[str]:
    for name, inner in part.get("properties", {}).items():
        if "description" not in inner and "$ref" not in inner:
            yield f"{path}.{name}"


def test_every_field_of_an_event_says_what_it_means() -> None:
    for topic, event in SCHEMA["events"].items():
        assert list(texts_without_a_word(event["fields"], topic)) == []
