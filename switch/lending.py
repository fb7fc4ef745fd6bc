"""Who gets a call back that was lent, however often it is lent on and whoever transfers it meanwhile.

Who lends a call keeps a place for it, and a transfer is no business of theirs: a customer whom a flow gave to
a queue, and an agent to another agent, is due back in the flow when the last conversation is over. A customer
who changes calls takes the way back along.
"""

from collections.abc import Sequence

from runtime.target import parse_target
from runtime.vocabulary import Output
from switch.call import Call
from switch.commands import HandOff
from switch.events import CallDueBack

_PLACE_SCHEME = "queue"
"""Of those who lend a call and go on counting it among those who wait."""


def ways_back_after(ways_back: Sequence[str], command: HandOff) -> list[str]:
    """The targets of those who lent the call, the last lender at the end, once this is carried out.

    Given to one of them it is back there, also when others lent it on since; given elsewhere without a way
    back it is given for good.
    """
    if command.target in ways_back:
        return list(ways_back[: ways_back.index(command.target)])
    if command.back is None:
        return list(ways_back) if command.stays_lent else []
    return [*ways_back, command.back] if command.back not in ways_back[-1:] else list(ways_back)


def take_ways_back_along(source: Call, target: Call) -> list[Output]:
    """The customer of ``source`` becomes that of ``target``, and is due back after those who lent that."""
    if not source.ways_back:
        return []
    target.ways_back = [*source.ways_back, *target.ways_back]
    return [
        CallDueBack(call_id=target.call_id, from_call_id=source.call_id, target=source.ways_back[-1]),
    ]


def keeps_place(ways_back: Sequence[str]) -> bool:
    """Whether the customer has a place in a queue meanwhile, which lent the call for self-service."""
    return bool(ways_back) and parse_target(ways_back[-1]).scheme == _PLACE_SCHEME
