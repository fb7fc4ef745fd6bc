"""The schema of the control socket: one document of JSON Schema for verbs, events and errors.

A message as JSON over WebSocket has it is valid by the document as a whole; ``/verbs/<name>/parameters``,
``/verbs/<name>/answer`` and ``/events/<topic>/fields`` are schemas of their parts, whatever carries them.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

from cli.house.tenants import OF_HOUSE
from cli.schema.errors import all_errors, errors_of
from cli.schema.events import EventKind, all_events
from cli.schema.tidying import Schema, tidied
from cli.schema.verbs import all_verbs, answer_type
from switch.application import Verb
from switch.roles import Role

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_Key = tuple[str, str, str]
"""``verbs`` or ``events``, the name, and which part of it."""
_Mode = Literal["validation", "serialization"]


@cache
def control_schema() -> Schema:
    """As JSON has it; made once, to be read and not changed."""
    verbs, events = all_verbs(), all_events()
    parts, shared = _schemas([*_types_of_verbs(verbs), *_types_of_events(events)])
    return {
        "$schema": DIALECT,
        "title": "Ringmain control socket",
        "anyOf": [{"$ref": f"#/$defs/{kind}"} for kind in ("Request", "Result", "Failure", "EventMessage")],
        "$defs": {**_messages(verbs, events), **shared},
        "verbs": {verb.name: _verb(verb, parts) for verb in verbs},
        "events": {event.topic: _event(event, parts) for event in events},
        "errors": {code: {"description": text} for code, text in all_errors().items()},
    }


def _types_of_verbs(verbs: Iterable[Verb]) -> Iterable[tuple[_Key, _Mode, Any]]:
    for verb in verbs:
        yield ("verbs", verb.name, "parameters"), "validation", verb.params
        yield ("verbs", verb.name, "answer"), "serialization", answer_type(verb)


def _types_of_events(events: Iterable[EventKind]) -> Iterable[tuple[_Key, _Mode, Any]]:
    for event in events:
        for field in event.fields:
            yield ("events", event.topic, field.name), "serialization", field.type


def _schemas(types: Iterable[tuple[_Key, _Mode, Any]]) -> tuple[Mapping[_Key, Schema], Schema]:
    """The schema of each, and those that several share."""
    adapters = [(key, mode, TypeAdapter(kind)) for key, mode, kind in types]
    schemas, whole = TypeAdapter.json_schemas(adapters, ref_template="#/$defs/{model}")
    parts = {key: tidied(schema) for (key, _), schema in schemas.items()}
    return parts, tidied(whole.get("$defs", {}))


def _verb(verb: Verb, parts: Mapping[_Key, Schema]) -> Schema:
    for_tenants = verb.name not in OF_HOUSE
    return {
        "description": verb.help,
        "for": [role.value for role in Role if role in verb.who],
        "tenants": for_tenants,
        "parameters": parts["verbs", verb.name, "parameters"],
        "answer": parts["verbs", verb.name, "answer"],
        "errors": errors_of(verb, for_tenants=for_tenants),
    }


def _event(event: EventKind, parts: Mapping[_Key, Schema]) -> Schema:
    fields = {
        field.name: {"description": field.meaning, **parts["events", event.topic, field.name]}
        for field in event.fields
    }
    schema = {"type": "object", "properties": fields, "required": list(fields)}
    return {"description": event.help, "fields": schema}


def _messages(verbs: Iterable[Verb], events: Iterable[EventKind]) -> Schema:
    """What goes over the wire, in the shapes of JSON over WebSocket."""
    named = [verb.name for verb in verbs]
    params = [_if("verb", name, {"params": {"$ref": f"#/verbs/{name}/parameters"}}) for name in named]
    topics = [event.topic for event in events]
    fields = [_if("topic", topic, {"fields": {"$ref": f"#/events/{topic}/fields"}}) for topic in topics]
    must = [verb.name for verb in verbs if any(f.is_required() for f in verb.params.model_fields.values())]
    identified = {"id": {"type": "integer", "minimum": 0, "maximum": 2**32 - 1}}
    entry = {
        "sequence": {"type": "integer", "minimum": 0},
        "time": {"description": "Seconds since the Unix epoch.", "type": "number"},
        "topic": {"enum": topics},
        "fields": {"type": "object"},
    }
    return {
        "Request": {
            **_object({**identified, "verb": {"enum": named}, "params": {"type": "object"}}, ["id", "verb"]),
            "allOf": [
                *params,
                {"if": {"properties": {"verb": {"enum": must}}}, "then": {"required": ["params"]}},
            ],
        },
        "Result": _object({**identified, "result": True}, ["id", "result"]),
        "Failure": _object({**identified, "error": {"$ref": "#/$defs/Error"}}, ["id", "error"]),
        "EventMessage": _object({"event": {"$ref": "#/$defs/Event"}}, ["event"]),
        "Event": {**_object(entry, list(entry)), "allOf": fields},
        "Error": _object(
            {
                "code": {"enum": list(all_errors())},
                "message": {"description": "A sentence for people.", "type": "string"},
                "data": {"description": "More for programs.", "type": "object"},
            },
            ["code", "message"],
        ),
    }


def _object(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required}


def _if(key: str, value: str, properties: Schema) -> Schema:
    return {"if": {"properties": {key: {"const": value}}}, "then": {"properties": properties}}
