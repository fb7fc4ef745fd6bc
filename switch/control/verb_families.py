"""Verbs as methods: ``client.agent.ready(agent="1001")`` is ``client.call("agent.ready", agent="1001")``.

What verbs there are, what they take and what they answer is in ``verb_families.pyi``, which is made of the
switch's own schema: for editors and type checkers. A newer switch's verbs can be called all the same.
"""

from collections.abc import Callable
from typing import Any


class VerbFamily:
    """The verbs of one name, such as ``agent.*``."""

    def __init__(self, call: Callable[..., Any], name: str) -> None:
        self._call = call
        self._name = name

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        if verb.startswith("_"):
            raise AttributeError(verb)
        name = f"{self._name}.{verb.removesuffix('_')}"
        return lambda **params: self._call(name, **params)


class CallVerbs(VerbFamily):
    """The verbs ``call.*``. To call it carries out a verb by its name."""

    def __call__(self, verb: str, /, **params: object) -> Any:
        return self._call(verb, **params)


class VerbFamilies:
    """What clients have in common."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._carry_out = call
        self.call = CallVerbs(call, "call")

    def __getattr__(self, family: str) -> VerbFamily:
        if family.startswith("_"):
            raise AttributeError(family)
        return VerbFamily(self._carry_out, family)


class SyncVerbFamilies(VerbFamilies):
    """The same of a client that blocks."""
