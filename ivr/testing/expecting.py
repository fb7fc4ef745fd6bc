"""Whether what is expected has come of the latest step, and what has come instead."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar, cast

from ivr.commands import AskApplication, EndCall, LookUp, PassOn, PlayToCaller, RequestText, SpeakLive
from ivr.events import FlowLeft
from ivr.expressions import Value, as_text
from ivr.testing.document import EventExpected, Expect, RequestExpected, TextExpected
from ivr.testing.scene import SPEECH, Scene
from runtime.vocabulary import Event

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that was expected and did not come."""

    key: str
    expected: str
    happened: str


def mismatch(expect: Expect, scene: Scene) -> Mismatch | None:
    """The first thing that is not as expected; None when all is."""
    for key, check in _CHECKS.items():
        wanted = getattr(expect, key)
        if key in expect.model_fields_set and (happened := check(wanted, scene)) is not None:
            return Mismatch(key, _written(wanted), happened)
    return None


def _written(wanted: Any) -> str:
    match wanted:
        case tuple():
            return ", ".join(wanted)
        case dict():
            return ", ".join(f"{name}: {value}" for name, value in wanted.items())
        case RequestExpected() | TextExpected() | EventExpected():
            given = wanted.model_dump(include=wanted.model_fields_set)
            return ", ".join(f"{name}: {value}" for name, value in given.items())
    return str(wanted)


def _all(kind: type[Kind], scene: Scene) -> list[Kind]:
    return [output for output in scene.latest if isinstance(output, kind)]


def _instead(told: Iterator[str] | list[str], nothing: str) -> str:
    return ", ".join(told) or nothing


def _prompts(wanted: tuple[str, ...], scene: Scene) -> str | None:
    played = [prompt for play in _all(PlayToCaller, scene) for prompt in play.prompts]
    rest = iter(played)
    return None if all(prompt in rest for prompt in wanted) else _instead(played, "nothing was played")


def _said(wanted: str, scene: Scene) -> str | None:
    played = [prompt for play in _all(PlayToCaller, scene) for prompt in play.prompts]
    texts = [prompt.removeprefix(SPEECH) for prompt in played if prompt.startswith(SPEECH)]
    texts += [spoken.text for spoken in _all(SpeakLive, scene)]
    return None if any(wanted in text for text in texts) else _instead(texts, "nothing was said")


def _node(wanted: str, scene: Scene) -> str | None:
    node = scene.run.node if scene.run is not None else ""
    return None if node == wanted else node or "no node was entered"


def _target(wanted: str, scene: Scene) -> str | None:
    targets = [given.target for given in _all(PassOn, scene)]
    return None if wanted in targets else _instead(targets, "the call was given to nobody")


def _end(wanted: str, scene: Scene) -> str | None:
    reasons = [left.reason.value for left in _all(FlowLeft, scene)]
    return None if wanted in reasons else _instead(reasons, "the flow was not left")


def _cause(wanted: str, scene: Scene) -> str | None:
    causes = [end.cause for end in _all(EndCall, scene)]
    return None if wanted in causes else _instead(causes, "the call was not ended")


def _tags(wanted: tuple[str, ...], scene: Scene) -> str | None:
    tags = scene.run.tags if scene.run is not None else ()
    return None if set(wanted) <= set(tags) else _instead(list(tags), "no tags")


def _language(wanted: str, scene: Scene) -> str | None:
    language = scene.run.language if scene.run is not None else ""
    return None if language == wanted else language


def _fault(wanted: str, scene: Scene) -> str | None:
    fault = scene.run.fault if scene.run is not None else ""
    return None if wanted in fault and fault else fault or "nothing went wrong"


def _variables(wanted: Mapping[str, str], scene: Scene) -> str | None:
    values = scene.run.frame.variables if scene.run is not None else {}
    if _agree(wanted, values):
        return None
    return _instead([f"{name}: {_value(values, name)}" for name in wanted], "")


def _data(wanted: Mapping[str, str], scene: Scene) -> str | None:
    data: Mapping[str, Any] = scene.run.data if scene.run is not None else {}
    if _agree(wanted, data):
        return None
    return _instead([f"{name}: {_value(data, name)}" for name in wanted], "")


def _value(values: Mapping[str, Value], name: str) -> str:
    return as_text(values[name]) if name in values else "(no value)"


def _agree(wanted: Mapping[str, str], values: Mapping[str, Any]) -> bool:
    return all(name in values and as_text(values[name]) == text for name, text in wanted.items())


def _lookup(wanted: RequestExpected, scene: Scene) -> str | None:
    asked = _all(LookUp, scene)
    for one in asked:
        agrees = _agree(wanted.query, one.query) and _agree(wanted.body, one.body)
        if one.service == wanted.name and wanted.path in (None, one.path) and agrees:
            return None
    told = [f"{one.service} {one.method} {one.path} {one.query or one.body or ''}".strip() for one in asked]
    return _instead(told, "no service was asked")


def _hook(wanted: RequestExpected, scene: Scene) -> str | None:
    asked = _all(AskApplication, scene)
    if any(one.hook == wanted.name and _agree(wanted.data, one.data) for one in asked):
        return None
    return _instead([f"{one.hook} {one.data or ''}".strip() for one in asked], "no application was asked")


def _text_message(wanted: TextExpected, scene: Scene) -> str | None:
    sent = _all(RequestText, scene)
    for one in sent:
        if wanted.to in (None, one.to) and (wanted.text or "") in one.text:
            return None
    return _instead([f"to {one.to}: {one.text}" for one in sent], "no text message was sent")


def _event(wanted: EventExpected, scene: Scene) -> str | None:
    events = _all(Event, scene)
    for event in events:
        if event.topic == wanted.topic and _agree(wanted.fields, _fields(event)):
            return None
    alike = [event for event in events if event.topic == wanted.topic]
    if alike:
        return _instead([", ".join(f"{k}: {_fields(e).get(k)}" for k in wanted.fields) for e in alike], "")
    return _instead([event.topic for event in events], "no event")


def _fields(event: Event) -> dict[str, Any]:
    values = {one.name: getattr(event, one.name) for one in fields(cast(Any, event))}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


_CHECKS: Mapping[str, Callable[[Any, Scene], str | None]] = {
    "prompt": _prompts,
    "say": _said,
    "node": _node,
    "target": _target,
    "end": _end,
    "cause": _cause,
    "tag": _tags,
    "language": _language,
    "fault": _fault,
    "variable": _variables,
    "data": _data,
    "lookup": _lookup,
    "hook": _hook,
    "text_message": _text_message,
    "event": _event,
}
