"""Writes docs/events.md from the event classes, so that the page cannot disagree with the switch.

python -m tests.switch.control.events_page
"""

import importlib
import inspect
import re
import types
from enum import StrEnum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from cli.schema.event_words import MEANINGS, MODULES
from cli.schema.notes import Notes, notes_of
from runtime.contact_data import Data
from runtime.vocabulary import Event, field_names
from switch.causes import Cause

PAGE = Path(__file__).parents[3] / "docs" / "events.md"

_HEAD = """\
# Events

What happens in the switch, as it is told on the control socket ([how to subscribe](verbs.md#events)), kept in
the journal and written to the log (but `trace.sip` and `hook.asked`). An event comes when what its first line
says has just become true. The map around its fields has the time, in seconds since the Unix epoch.

The types are those of MessagePack and JSON; a field that may be null says so. A new version may bring more
fields and more events.

This page is made from the source by `python -m tests.switch.control.events_page`.
"""

_CAUSES_HEAD = """\
## Causes

Why a call or a leg ended. The number is Q.850's; names of ours have the number that comes closest. The
status is the SIP answer that tells the cause to a caller whose call was not answered.

| cause | Q.850 | SIP |
|---|---|---|"""

_WORDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    bytes: "bytes",
    Any: "anything",
    type(None): "null",
    Cause: "a [cause](#causes)",
    Data: "map of texts, numbers, true or false, or lists of these",
}


def page() -> str:
    """The whole page, in Markdown."""
    sections = (_section(title, importlib.import_module(name)) for name, title in MODULES.items())
    return "\n".join([_HEAD, *sections, _causes()])


def _section(title: str, module: types.ModuleType) -> str:
    notes = notes_of(module)
    own = [kind for kind in vars(module).values() if getattr(kind, "__module__", "") == module.__name__]
    kinds = [kind for kind in own if inspect.isclass(kind)]
    events = [kind for kind in kinds if issubclass(kind, Event)]
    values = [_values(kind, notes) for kind in kinds if issubclass(kind, StrEnum)]
    text = "\n".join([f"## {title}\n", *(_event(kind, notes) for kind in events), *values])
    for kind in events:  # whoever reads the page knows topics, not classes
        text = re.sub(rf"\b{kind.__name__}\b", f"`{kind.topic}`", text)
    return text.replace(" None", " null")


def _event(kind: type[Event], notes: Notes) -> str:
    hints = get_type_hints(kind)
    rows = [
        _row(f"`{name}`", _type(hints[name]), notes.get((kind.__name__, name)) or MEANINGS[name])
        for name in field_names(kind)
    ]
    table = ["| field | type | meaning |", "|---|---|---|", *rows, ""] if rows else []
    return "\n".join([f"### `{kind.topic}`\n", f"{_markdown(inspect.getdoc(kind) or '')}\n", *table])


def _values(kind: type[StrEnum], notes: Notes) -> str:
    rows = [_row(f"`{member.value}`", notes.get((kind.__name__, member.name), "")) for member in kind]
    says = f"{_markdown(inspect.getdoc(kind) or '')}\n"
    return "\n".join([f"### {kind.__name__}\n", says, "| value | meaning |", "|---|---|", *rows, ""])


def _causes() -> str:
    rows = [_row(f"`{cause.value}`", str(cause.number), str(cause.status)) for cause in Cause]
    return "\n".join([_CAUSES_HEAD, *rows, ""])


def _row(*cells: str) -> str:
    return f"| {' | '.join(_markdown(cell) for cell in cells)} |"


def _markdown(text: str) -> str:
    return " ".join(text.replace("``", "`").split())


def _type(hint: Any) -> str:
    if hint in _WORDS:
        return _WORDS[hint]
    if get_origin(hint) in (Union, types.UnionType):
        return " or ".join(map(_type, get_args(hint)))
    if get_origin(hint) is tuple:
        *parts, last = get_args(hint)
        if last is Ellipsis:
            return f"list of {_type(parts[0])}"
        return f"[{', '.join(map(_type, (*parts, last)))}]"
    if issubclass(hint, StrEnum):
        return " or ".join(f"`{member.value}`" for member in hint)
    raise TypeError(f"{hint} has no words yet")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
