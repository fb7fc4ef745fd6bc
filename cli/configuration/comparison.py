"""What is other in one configuration than in another: by section and name, and what needs a restart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from cli.configuration.installation import Installation
from cli.configuration.sections import Configuration
from ivr.editions import Editions
from runtime.tenancy import tenant_of

LIVE: Mapping[str, str] = {
    "stations": "name",
    "access_codes": "number",
    "calendars": "name",
    "number_lists": "name",
    "message_boxes": "name",
    "lookups": "name",
    "queues": "name",
    "agents": "id",
    "alarms": "name",
    "tokens": "name",
    "routes": "numbers",
}
"""Lists of sections that a running switch takes, each with the key that tells its entries apart."""
RULES = ("acd", "feature_codes", "provisioning")
"""The sections beside them that it takes."""
_NAMED = {"trunks": "name", "areas": "name"}
_READ_ELSEWHERE = frozenset(
    {
        "sip.stations_file",
        "media.prompts",
        "ivr.flows",
        "tenants.folder",
        "tones",
        "numbering.areas_file",
    }
)
"""Keys that only say where something is, and what commands go by: the switch itself has nothing to take."""
_STANDS_ON: Mapping[str, tuple[str, ...]] = {
    "stations": ("sip.realm", "sip.algorithms"),
    "routes": ("trunks", "numbering", "areas"),
}
"""What cannot be taken while the other waits for a restart."""


class ChangeKind(StrEnum):
    """What became of something in the configuration."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is other."""

    section: str
    kind: ChangeKind
    name: str
    keys: tuple[str, ...] = ()
    """Of something changed: those with other values."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that is other."""

    changes: tuple[Change, ...]
    """What a running switch takes."""
    restart_needed: tuple[str, ...]
    """Sections and keys that hold from the next start on."""

    def touches(self, *sections: str) -> bool:
        """Whether something a running switch takes is other in any of these."""
        return any(change.section in sections for change in self.changes)


def compare(before: Installation, after: Installation) -> Comparison:
    """From what runs to what was read now."""
    restart = tuple(_restart_needed(before, after))
    held = {section for section, grounds in _STANDS_ON.items() if _any_of(grounds, restart)}
    changes = tuple(_changes(before, after))
    return Comparison(
        changes=tuple(change for change in changes if change.section not in held),
        restart_needed=(*restart, *sorted(held & {change.section for change in changes})),
    )


def taken(before: Installation, after: Installation, comparison: Comparison) -> Installation:
    """What runs once the changes are made: the rest is as it was before."""
    sections = [s for s in (*LIVE, *RULES) if s not in comparison.restart_needed]
    update = {section: getattr(after.configuration, section) for section in sections}
    return Installation(
        path=before.path,
        configuration=before.configuration.model_copy(update=update),
        flows=after.flows,
        prompts=after.prompts,
        areas=before.areas,
        cautions=after.cautions,
        tenants=after.tenants,
        flow_centres=after.flow_centres,
        texts=after.texts,
    )


def within(tenant: str, before: Installation, after: Installation) -> Installation:
    """The second, in which flows and prompts of all others but this tenant are as in the first.

    So whoever changes a tenant lets no document run that somebody else is still writing.
    """
    others = {name: each for name, each in before.flows.items() if tenant_of(name) != tenant}
    own = {name: each for name, each in after.flows.items() if tenant_of(name) == tenant}
    prompts = before.prompts.replaced(after.prompts, lambda name: tenant_of(name) == tenant)
    centres = {**before.flow_centres, **{t: c for t, c in after.flow_centres.items() if t == tenant}}
    return replace(after, flows=others | own, prompts=prompts, flow_centres=centres)


def _any_of(grounds: Sequence[str], restart: Sequence[str]) -> bool:
    return any(key == ground or key.startswith(f"{ground}.") for key in restart for ground in grounds)


def _changes(before: Installation, after: Installation) -> Iterator[Change]:
    old, new = before.configuration, after.configuration
    for section, key in LIVE.items():
        yield from _of_list(section, _by(key, getattr(old, section)), _by(key, getattr(new, section)))
    for section in RULES:
        if keys := _other_keys(getattr(old, section), getattr(new, section)):
            yield Change(section, ChangeKind.CHANGED, section, keys)
    yield from _of_list("tenants", before.tenants, after.tenants)
    yield from _of_flows(before.flows, after.flows)
    yield from _of_prompts(before, after)


def _of_list(section: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name, thing in after.items():
        if name not in before:
            yield Change(section, ChangeKind.ADDED, name)
        elif before[name] != thing:
            yield Change(section, ChangeKind.CHANGED, name, _other_keys(before[name], thing))
    for name in before:
        if name not in after:
            yield Change(section, ChangeKind.REMOVED, name)


def _of_flows(before: Mapping[str, Editions], after: Mapping[str, Editions]) -> Iterator[Change]:
    """Told are the keys in which what runs is other; a draft or canary may be other alone."""
    running = ({name: each.current.flow for name, each in flows.items()} for flows in (before, after))
    told = {change.name: change for change in _of_list("flows", *running)}
    for name, editions in after.items():
        if name not in told and name in before and before[name] != editions:
            told[name] = Change("flows", ChangeKind.CHANGED, name)
    yield from told.values()


def _of_prompts(before: Installation, after: Installation) -> Iterator[Change]:
    old, new = set(before.prompts.names), set(after.prompts.names)
    for name in sorted(new):
        if name not in old:
            yield Change("prompts", ChangeKind.ADDED, name)
        elif not after.prompts.sounds_alike(before.prompts, name):
            yield Change("prompts", ChangeKind.CHANGED, name)
    for name in sorted(old - new):
        yield Change("prompts", ChangeKind.REMOVED, name)


def _restart_needed(before: Installation, after: Installation) -> Iterator[str]:
    old, new = before.configuration, after.configuration
    for section in Configuration.model_fields:
        if section in LIVE or section in RULES:
            continue
        for key in _other_parts(section, getattr(old, section), getattr(new, section)):
            if key not in _READ_ELSEWHERE and key.partition(".")[0] not in _READ_ELSEWHERE:
                yield key
    if before.areas != after.areas and old.areas == new.areas:
        yield "areas"


def _other_parts(section: str, before: Any, after: Any) -> list[str]:
    if before == after:
        return []
    if isinstance(before, BaseModel):
        return [f"{section}.{key}" for key in _other_keys(before, after)]
    if section in _NAMED:
        key = _NAMED[section]
        return [f"{section}.{c.name}" for c in _of_list(section, _by(key, before), _by(key, after))]
    return [section]


def _by(key: str, things: Sequence[Any]) -> dict[str, Any]:
    names = (getattr(thing, key) for thing in things)
    plain = (name if isinstance(name, str) else " ".join(name) for name in names)
    return dict(zip(plain, things, strict=True))


def _other_keys(before: Any, after: Any) -> tuple[str, ...]:
    if not isinstance(before, BaseModel):
        return ()
    return tuple(key for key in type(before).model_fields if getattr(before, key) != getattr(after, key))
