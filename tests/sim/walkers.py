"""Who walks at random over the verbs of a control socket: every verb there is, with what there is to name.

What a verb's parameter may be is known by its name: ids are those that events and answers told of, the dead
ones too, since a desk is often late.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from switch.control.client import ControlClient, VerbRefused

_NEWEST = 12
"""So many ids of a kind are remembered."""
_GIVEN = 0.4
"""How often a parameter is given that need not be."""
_MADE_UP = 0.03
"""How often an id is one that never was."""
_LATE = 0.1
"""How often what is over goes on to be named."""
_TOGETHER = 0.7
"""How often parameters are taken from one and the same event."""


class Knowledge:
    """What a desk can name: things of now by preference, sometimes one that is gone or never was."""

    def __init__(self, names: Mapping[str, Sequence[Any]], random: Random) -> None:
        """``names``: parameter → what it may be, for all that are not ids."""
        self._names = names
        self._random = random
        self._ids: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=_NEWEST))
        self._scenes: deque[Mapping[str, Any]] = deque(maxlen=_NEWEST)

    def learn(self, told: object) -> None:
        """Remember every id in an event or an answer, and which belong together."""
        if isinstance(told, list):
            for one in told:
                self.learn(one)
        elif isinstance(told, Mapping):
            ids = {name: value for name, value in told.items() if _is_id(name, value)}
            if ids:
                self._scenes.append(dict(told))
            for name, value in ids.items():
                self._remember(name, value)
            self.learn([value for value in told.values() if isinstance(value, list | Mapping)])

    def forget(self, name: str, value: str) -> None:
        """Mostly; a desk may be late."""
        if value in self._ids[name] and self._random.random() > _LATE:
            self._ids[name].remove(value)
            here = [scene for scene in self._scenes if scene.get(name) != value]
            self._scenes.clear()
            self._scenes.extend(here)

    def params_of(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Parameters for a verb, as its JSON schema wants them."""
        schema = _resolved(schema, schema.get("$defs", {}))
        required = schema.get("required", ())
        wanted = [name for name in schema["properties"] if name in required or self._random.random() < _GIVEN]
        scene = self._scene(wanted)
        return {
            name: scene[name] if scene.get(name) else self._value(name, schema["properties"][name])
            for name in wanted
        }

    def _scene(self, wanted: Sequence[str]) -> Mapping[str, Any]:
        """One of the last events or things that tells several of what is wanted."""
        fitting = [scene for scene in self._scenes if sum(name in scene for name in wanted) > 1]
        return self._random.choice(fitting) if fitting and self._random.random() < _TOGETHER else {}

    def _remember(self, name: str, value: str) -> None:
        known = self._ids[name]
        if value in known:
            known.remove(value)
        known.append(value)

    def _value(self, name: str, schema: Mapping[str, Any]) -> Any:
        if name in self._names:
            return self._random.choice(self._names[name])
        known = self._ids["call_id" if name == "from_call_id" else name]
        if known and self._random.random() > _MADE_UP:
            return self._random.choice(known)
        return self._by_schema(name, schema)

    def _by_schema(self, name: str, schema: Mapping[str, Any]) -> Any:
        schema = self._random.choice(schema.get("anyOf", [schema]))
        if "enum" in schema:
            return self._random.choice(schema["enum"])
        match schema.get("type"):
            case "boolean":
                return self._random.random() < 0.5
            case "integer" | "number":
                return self._random.randint(1, 20)
            case "array":
                return [self._by_schema(name, schema.get("items", {}))]
            case "object":
                return {"订单": "20260815"}
            case "null":
                return None
        return f"{name}-{self._random.randrange(10)}"


def _resolved(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """A JSON schema with its definitions in place."""
    if isinstance(schema, list):
        return [_resolved(one, definitions) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    if (reference := schema.get("$ref")) is not None:
        return _resolved(definitions[reference.rpartition("/")[2]], definitions)
    return {name: _resolved(value, definitions) for name, value in schema.items() if name != "$defs"}


def _is_id(name: str, value: object) -> bool:
    return isinstance(value, str) and value != "" and (name.endswith("_id") or name == "item")


class Walker:
    """Calls verbs of one kind of desk, over a connection of its own."""

    def __init__(
        self,
        client: ControlClient,
        verbs: Sequence[Mapping[str, Any]],
        knowledge: Knowledge,
        random: Random,
    ) -> None:
        """``verbs`` as ``verb.list`` tells them; those that are named twice are called twice as often."""
        self._client = client
        self._verbs = verbs
        self._knowledge = knowledge
        self._random = random
        self.done: Counter[str] = Counter()
        self.refusals: dict[str, Counter[str]] = defaultdict(Counter)

    async def act(self) -> None:
        """Call one verb."""
        verb = self._random.choice(self._verbs)
        params = self._knowledge.params_of(verb["parameters"])
        try:
            answer = await self._client.call(verb["name"], **params)
        except VerbRefused as refusal:
            self.refusals[verb["name"]][f"{refusal.code}: {refusal}"] += 1
        else:
            self.done[verb["name"]] += 1
            self._knowledge.learn(answer)
