"""A process that moves recordings to the second tier and gives way to calls, order by order.

python -m switch.archive.moving.mover

An order is that of ``switch.archive.keeper`` with ``folder`` and ``spool``; what is still to be converted or
encrypted is, and then moved. Its answer has ``moved`` as in manifests, or ``tier`` with the reason when the
second tier does not take it.
"""

from pathlib import Path
from typing import Any

from media.recordings.forms import lying_here
from media.recordings.moving import TierFailed, move
from media.recordings.tiers import Access
from switch.archive import keeper
from switch.archive.worker import answer_of, work_off


def carry_out(order: dict[str, Any]) -> dict[str, Any]:
    """The answer to one order."""
    begun = Path(order["path"])
    answer = keeper.carry_out(order) if lying_here(begun) is not None else {"taken": []}
    return answer if "problem" in answer else answer | answer_of(lambda: _move(begun, order))


def _move(begun: Path, order: dict[str, Any]) -> dict[str, Any]:
    try:
        spool = None if order["spool"] is None else Path(order["spool"])
        moved = move(begun, Path(order["folder"]), Access.model_validate(order["access"]), spool)
    except TierFailed as error:
        return {"tier": str(error)}
    return {"moved": moved.model_dump()}


if __name__ == "__main__":
    work_off(carry_out)
