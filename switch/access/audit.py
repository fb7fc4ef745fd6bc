"""What clients had the switch do, as events: who, what, with which parameters, and how it went."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from runtime.vocabulary import Event
from switch.access.events import VerbCarriedOut
from switch.application import Verb
from switch.control.caller import Caller
from switch.control.messages import Failure

DONE = "done"
MASK = "***"
LONGEST = 2000
"""Characters of parameters that are kept."""
SECRETS = frozenset({"password", "token", "secret", "digits", "authorization", "pin", "ha1", "password_hash"})
"""Names of parameters, and of what is inside them, whose values nobody may read later."""


class Audit:
    """Notes verbs that change something. It costs one entry of the journal each."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self._tell = tell

    def note(self, caller: Caller, verb: Verb, given: Mapping[str, Any], failure: Failure | None) -> None:
        """One verb is over; ``failure`` is why it was not carried out."""
        self._tell(
            VerbCarriedOut(
                verb=verb.name,
                tenant=caller.tenant,
                name=caller.name,
                role=caller.role.value,
                source=caller.source,
                params=shown(given),
                outcome=DONE if failure is None else str(failure.code),
                message="" if failure is None else failure.message[:LONGEST],
            )
        )


def shown(given: Mapping[str, Any]) -> str:
    """Parameters in JSON, without secrets and not too long."""
    text = json.dumps(masked(given), ensure_ascii=False, separators=(",", ":"), default=repr)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def masked(value: Any) -> Any:
    """The same value with *** in place of secrets, wherever they stand in it."""
    if isinstance(value, Mapping):
        return {
            str(key): MASK if str(key).lower() in SECRETS and inner else masked(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(inner) for inner in value]
    return value
