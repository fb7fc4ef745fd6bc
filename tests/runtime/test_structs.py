"""What may be hidden from the collector of cycles."""

from collections.abc import Iterator
from dataclasses import is_dataclass
from enum import Enum
from importlib import import_module
from typing import Any, get_args, get_origin, get_type_hints

from msgspec import Struct
from pydantic import BaseModel

from media._core import Headers

PLAIN = (str, int, float, bytes, Enum, type(None), BaseModel, Headers)


def kinds_of(kind: type[Struct]) -> Iterator[type[Struct]]:
    for each in kind.__subclasses__():
        yield each
        yield from kinds_of(each)


def is_plain(hint: Any) -> bool:
    """Whether values of a type lead nowhere; what JSON tells does not."""
    if get_origin(hint) is not None:
        return all(map(is_plain, get_args(hint)))
    if hint in (Any, ...):
        return True
    if issubclass(hint, Struct):
        return not hint.__struct_config__.gc
    if issubclass(hint, tuple) or is_dataclass(hint):
        return all(map(is_plain, get_type_hints(hint).values()))
    return issubclass(hint, PLAIN)


def test_what_is_hidden_from_the_collector_of_cycles_can_be_part_of_none() -> None:
    import_module("cli.switchboard")  # with all there is
    ours = (kind for kind in kinds_of(Struct) if not kind.__module__.startswith("tests."))
    hidden = [kind for kind in ours if not kind.__struct_config__.gc]
    fields = {
        f"{kind.__name__}.{name}": hint for kind in hidden for name, hint in get_type_hints(kind).items()
    }
    assert {"Request.headers", "HangUpLeg.leg_id"} <= fields.keys()
    assert [field for field, hint in fields.items() if not is_plain(hint)] == []
