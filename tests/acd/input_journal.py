"""All that a core was told, as lines of JSON, and a core that is told it again."""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import count
from typing import Any

from pydantic import TypeAdapter

from acd.core import COMMANDS, INPUTS, AcdCore
from acd.inputs import Input
from runtime.ids import SeededIds
from runtime.vocabulary import Command, Output

_KINDS = {kind.__name__: kind for kind in (*COMMANDS, *INPUTS)}

Told = tuple[float, Command | Input | None]
"""When, and what; None where the core was woken."""


class CountedIds(SeededIds):
    """Ids that go on after so many."""

    def __init__(self, given: int = 0) -> None:
        super().__init__()
        self.given = given
        self._counter = count(given + 1)

    def new(self, prefix: str) -> str:
        self.given += 1
        return super().new(prefix)


def written(told: Iterable[Told]) -> list[str]:
    """One line for each."""
    return [
        json.dumps([now, None if given is None else [type(given).__name__, _plain(given)]])
        for now, given in told
    ]


def _plain(given: Command | Input) -> Any:
    return _adapter(type(given).__name__).dump_python(given, mode="json")


def replayed(core: AcdCore, lines: Sequence[str]) -> list[Output]:
    """What the core says to all of it."""
    outputs: list[Output] = []
    for line in lines:
        now, given = json.loads(line)
        outputs += core.wake(now=now) if given is None else core.handle(_read(*given), now=now)
    return outputs


def _read(name: str, fields: dict[str, Any]) -> Any:
    return _adapter(name).validate_json(json.dumps(fields))


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_KINDS[name])
