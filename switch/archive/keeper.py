"""A process that converts and encrypts recordings and gives way to calls: an order a line, an answer a line.

python -m switch.archive.keeper

An order is ``{"path", "form", "recipients", "access"}``; its answer is ``{"taken": [{"step", "path",
"size_bytes"}]}``, or ``{"problem"}`` with ``"again"`` when the same order may succeed later, and ``"away"``
when that is once a disk is mounted. Ends when nobody orders any more.
"""

from pathlib import Path
from typing import Any

from media.recordings.forms import Form
from media.recordings.keys import recipient
from media.recordings.tiers import Access
from media.recordings.treatment import treat
from switch.archive.worker import answer_of, work_off


def carry_out(order: dict[str, Any]) -> dict[str, Any]:
    """The answer to one order."""
    return answer_of(lambda: _treat(order))


def _treat(order: dict[str, Any]) -> dict[str, Any]:
    begun = Path(order["path"])
    Access.model_validate(order["access"]).disks.require(begun)
    form = Form(order["form"]) if order["form"] else None
    taken = treat(begun, form, [recipient(key) for key in order["recipients"]])
    return {
        "taken": [{"step": one.step, "path": str(one.path), "size_bytes": one.size_bytes} for one in taken]
    }


if __name__ == "__main__":
    work_off(carry_out)
