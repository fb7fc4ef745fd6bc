"""Who gets a call back that was lent, however often it is lent on and whoever transfers it meanwhile.

Who lends a call keeps a place for it, and a transfer is no business of theirs: a customer whom a flow gave to
a queue, and an agent to another agent, is due back in the flow when the last conversation is over.
"""

from collections.abc import Sequence

from switch.commands import HandOff


def ways_back_after(ways_back: Sequence[str], command: HandOff) -> list[str]:
    """The targets of those who lent the call, the last lender at the end, once this is carried out.

    Given to one of them it is back there, also when others lent it on since; given elsewhere without a way
    back it is given for good.
    """
    if command.target in ways_back:
        return list(ways_back[: ways_back.index(command.target)])
    if command.back is None:
        return []
    return [*ways_back, command.back] if command.back not in ways_back[-1:] else list(ways_back)
