"""What is other in a file, told by object and key, without secrets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import tomli
from pydantic import BaseModel

from cli.configuration.changing.answers import DifferenceView
from cli.configuration.changing.objects import masked_key, model_of, objects_of
from cli.configuration.comparison import ChangeKind


@dataclass(frozen=True, slots=True)
class Difference:
    """One object that is other."""

    section: str
    name: str
    kind: ChangeKind
    keys: Mapping[str, tuple[Any, Any]]
    """Before and after, hidden where it is secret; None: the key was, or is, not there."""

    def view(self, tenant: str) -> DifferenceView:
        """Plain data, with whose object it is."""
        return {
            "tenant": tenant,
            "section": self.section,
            "name": self.name,
            "kind": self.kind.value,
            "keys": dict(self.keys),
        }


def differences(file: type[BaseModel], before: bytes | None, after: bytes | None) -> list[Difference]:
    """From one content of a file to another; None: there is no such file."""
    old, new = _objects(file, before), _objects(file, after)
    return [*_new_and_changed(file, old, new), *_gone(file, old, new)]


def _new_and_changed(
    file: type[BaseModel], old: Mapping[tuple[str, str], Any], new: Mapping[tuple[str, str], Any]
) -> Iterator[Difference]:
    for (section, name), keys in new.items():
        before = old.get((section, name))
        if before != keys:
            kind = ChangeKind.ADDED if before is None else ChangeKind.CHANGED
            yield Difference(section, name, kind, _other_keys(file, section, before or {}, keys))


def _gone(
    file: type[BaseModel], old: Mapping[tuple[str, str], Any], new: Mapping[tuple[str, str], Any]
) -> Iterator[Difference]:
    for (section, name), keys in old.items():
        if (section, name) not in new:
            yield Difference(section, name, ChangeKind.REMOVED, _other_keys(file, section, keys, {}))


def _other_keys(
    file: type[BaseModel], section: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    kind = model_of(file, section)

    def shown(keys: Mapping[str, Any], key: str) -> Any:
        return masked_key(kind, key, keys[key]) if key in keys else None

    return {
        key: (shown(before, key), shown(after, key))
        for key in {**before, **after}
        if key not in before or key not in after or before[key] != after[key]
    }


def _objects(file: type[BaseModel], content: bytes | None) -> dict[tuple[str, str], dict[str, Any]]:
    """What cannot be read holds nothing: it is told of elsewhere."""
    try:
        value = tomli.loads((content or b"").decode("utf-8-sig"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError):
        return {}
    return {(section, name): keys for section, name, keys in objects_of(file, value)}
