"""Writes docs/events.md from the event classes, so that the page cannot disagree with the switch.

python -m tests.switch.control.events_page
"""

import ast
import importlib
import inspect
import re
import types
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from runtime.vocabulary import Event, field_names
from switch.causes import Cause

PAGE = Path(__file__).parents[3] / "docs" / "events.md"

MODULES = {
    "switch.events": "Calls and the switch",
    "ivr.events": "Flows",
    "acd.events": "Queues and offers",
    "acd.callback_events": "Callbacks",
    "acd.item_events": "Chats, mails and other items",
    "acd.agent_events": "Agents",
    "switch.configuration_events": "The configuration",
    "acd.configuration_events": "Queues and agents that come and go with the configuration",
    "acd.replay.events": "What the ACD is told, on its way to the disk",
    "switch.calendars.events": "Calendars",
    "switch.customers.events": "Number lists",
    "switch.lookups.events": "Questions to services over HTTP",
    "switch.hooks.events": "Hooks and text messages",
    "switch.counter.events": "Recording at the counter",
    "switch.voice_messages.events": "Voice messages",
    "media.events": "Media and recordings",
    "switch.prompt_recording.events": "Prompts recorded by phone",
    "media.speech.events": "Speech made from text",
    "switch.mrcp.events": "Speech servers",
    "switch.sip.events": "Legs and stations",
    "switch.sip.guard.events": "Security and overload",
    "switch.trunks.events": "Trunks",
    "switch.tenants.events": "Tenants",
    "switch.sip.locating.events": "Names in DNS",
    "switch.sip.transport.events": "Certificates",
    "switch.records.events": "Journal and database",
    "switch.archive.events": "The archive of recordings",
    "switch.archive.catalogue.events": "What people note about recordings",
    "switch.archive.moving.events": "The second tier of recordings",
    "switch.archive.retention.events": "Deleted recordings",
    "switch.archive.listening.events": "Listening to recordings",
    "switch.sip.trace.events": "Traces of SIP",
}
"""Where events are declared, in the order of the page."""

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

_MEANINGS = {
    "box": "The message box's name.",
    "length_ms": "From the end of the tone to the end of the message.",
    "end": "Why it is over.",
    "priority": "The level: each counts as `acd.priority_level_s` seconds more of waiting.",
    "request_id": "Given by whoever asked.",
    "service": "The service, by its name in the configuration.",
    "requirement": "What is asked of an agent, such as `billing>=3 and not trainee`; empty: nothing.",
    "skills": "Pairs of skill and level.",
    "tags": "What requirements can ask for or against, beside skills.",
    "medium": "voice, video, chat, mail or another name; of an item `call_id` is the item's id.",
    "decision": "What was decided.",
    "from_station": "Where the agent sat.",
    "to_station": "Where the agent sits now.",
    "item": "The id given by whoever brought it.",
    "customer": "A number or name.",
    "access_code": "The dialled number, as the configuration has it.",
    "address": "Such as `udp:192.0.2.1:5060`.",
    "agent": "The agent's number (工号).",
    "agent_packets": "Packets of the agent's side in the file.",
    "agent_lost_ms": "Silence written for packets of the agent's that never came.",
    "by_caller": "True when the caller hung up.",
    "bytes_received": "Of RTP.",
    "bytes_sent": "Of RTP.",
    "call_id": "The call.",
    "calendar": "The calendar, by its name in the configuration.",
    "attempt": "Counted from 1.",
    "callback_id": "The callback; the same in all that is told of it.",
    "called_number": "The number the caller dialled.",
    "by": "Who did it, as they said.",
    "caller_name": "The caller's name as the phone or trunk sent it; may be empty.",
    "caller_number": "The caller's number.",
    "calls": "How many are up.",
    "cause": "Why.",
    "contact": "The contact address: where the station can be reached now.",
    "contact_id": "The customer's whole visit, across transfers.",
    "count": "How many.",
    "customer_packets": "Packets of the customer's side in the file.",
    "digit": "The key: 0–9, *, # or A–D.",
    "duration_ms": "How long it is, or took: a key, a recording, a reload.",
    "expires_s": "How long the contact address holds unless it is refreshed.",
    "first_sequence": "The first one's number in the journal.",
    "flow": "The flow's name.",
    "fork_id": "The fork.",
    "from_state": "Before.",
    "host": "Address it came from.",
    "key": "The row's key.",
    "list": "The number list; of a tag, `tag:<tag>`.",
    "last_sequence": "The last one's number in the journal.",
    "leg_id": "The leg.",
    "limit_s": "How long it may last.",
    "mix_id": "The mix.",
    "moved_to": "Where the old one is now.",
    "node": "The node of the flow.",
    "numbers": "As the house writes them.",
    "offer_id": "The offer.",
    "packets_received": "Of RTP.",
    "packets_sent": "Of RTP.",
    "path": "The file or folder.",
    "peer": "The address it came from, such as `udp:192.0.2.1:5060`.",
    "playback_id": "The playback.",
    "port": "Port it came from.",
    "queue": "The queue's name.",
    "queues": "The queues the agent serves.",
    "reason": "Why.",
    "recording_id": "The recording.",
    "result": "What became of it.",
    "server": "The speech server, by its name in the configuration.",
    "sdp": "What the phone sent.",
    "silent_s": "How long nothing came.",
    "sip_call_id": "The Call-ID of the SIP dialog, to find it in a trace.",
    "size_bytes": "The file's size.",
    "station": "The station, by the name it registers with.",
    "status": "The SIP status it was answered with; null when it was dropped.",
    "table": "The table.",
    "talk_ms": "How long they talked.",
    "target": "The application that gets it: `<scheme>:<name>`.",
    "to_state": "Now.",
    "tries_left": "How many more the menu allows.",
    "trunk": "The trunk, by its name in the configuration.",
    "version": "Ringmain's version.",
    "wait_ms": "How long the caller waited.",
    "wrap_up_ms": "How long it lasted.",
}
"""What a field means that says nothing of itself where it is declared."""

_WORDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    bytes: "bytes",
    Any: "anything",
    type(None): "null",
    Cause: "a [cause](#causes)",
}


Notes = dict[tuple[str, str], str]
"""By class and field, or class and value."""


def page() -> str:
    """The whole page, in Markdown."""
    sections = (_section(title, importlib.import_module(name)) for name, title in MODULES.items())
    return "\n".join([_HEAD, *sections, _causes()])


def _section(title: str, module: types.ModuleType) -> str:
    notes = _notes(module)
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
        _row(f"`{name}`", _type(hints[name]), notes.get((kind.__name__, name)) or _MEANINGS[name])
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


def _notes(module: types.ModuleType) -> Notes:
    """The text below each field and each value of a module's classes."""
    return {
        (kind.name, name): inspect.cleandoc(note)
        for kind in ast.parse(inspect.getsource(module)).body
        if isinstance(kind, ast.ClassDef)
        for name, note in _noted(kind.body)
    }


def _noted(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for statement, following in pairwise(body):
        match statement, following:
            case (
                (ast.AnnAssign(target=ast.Name(name)) | ast.Assign(targets=[ast.Name(name)])),
                ast.Expr(value=ast.Constant(value=str(note))),
            ):
                yield name, note


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
