"""What clients had the switch do, as events: who, what, with which parameters, and how it went."""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from runtime.vocabulary import Event
from switch.access.events import VerbCarriedOut
from switch.application import Verb
from switch.control.caller import Caller
from switch.control.messages import Failure
from switch.control.secrecy import is_secret, said_of

DONE = "done"
MASK = "***"
LONGEST = 2000
"""Characters of parameters that are kept."""
_PLAIN = frozenset({str, int, float, bool, type(None)})
_in_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=repr).encode


class Audit:
    """Notes verbs that change something. It costs one entry of the journal each."""

    def __init__(self, tell: Callable[[Event], None], personal: Collection[str] = ()) -> None:
        """``personal``: names of call data whose values no event tells."""
        self._tell = tell
        self._personal = frozenset(personal)

    def note(self, caller: Caller, verb: Verb, given: Mapping[str, Any], failure: Failure | None) -> None:
        """One verb is over; ``failure`` is why it was not carried out."""
        self._tell(
            VerbCarriedOut(
                verb=verb.name,
                tenant=caller.tenant,
                name=caller.name,
                role=caller.role.value,
                source=caller.source,
                params=shown(verb, given, self._personal),
                outcome=DONE if failure is None else str(failure.code),
                message="" if failure is None else said_of(failure)[:LONGEST],
            )
        )


def shown(verb: Verb, given: Mapping[str, Any], personal: Collection[str] = ()) -> str:
    """Parameters in JSON, without what is secret, private or personal, and not too long.

    Of a parameter that the verb does not have nobody knows what it holds.
    """
    known, private = verb.params.model_fields, verb.private
    plain = {key: value if key in known and key not in private else MASK for key, value in given.items()}
    text = _in_json(masked(plain, personal))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def masked(value: Any, personal: Collection[str] = ()) -> Any:
    """The same value with *** in place of what is secret or personal, wherever it stands in it."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Mapping):
        return {
            str(key): MASK if inner and _is_hidden(str(key), personal) else masked(inner, personal)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(inner, personal) for inner in value]
    return value


def _is_hidden(key: str, personal: Collection[str]) -> bool:
    return key in personal or is_secret(key)
