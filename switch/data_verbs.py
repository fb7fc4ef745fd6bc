"""The verbs of call data (随路数据): ``call.set_data``, ``call.get_data``."""

from collections.abc import Callable
from typing import Any

from pydantic import Field

from runtime.contact_data import Data, changed, problem_of
from runtime.errors import UsageError
from runtime.models import Answer
from runtime.vocabulary import Command
from switch.application import Verb
from switch.call import Call
from switch.call_control.live import live_call
from switch.commands import SetCallData
from switch.exchange import Exchange
from switch.roles import DESK_AND_BUSINESS
from switch.verbs import CallParams


class SetDataParams(CallParams):
    """What to note of a call's contact, and what to forget."""

    data: dict[str, Any] = Field(
        default_factory=dict,
        description="names with texts, numbers, true, false or flat lists of these; others keep their values",
    )
    remove: list[str] = Field(
        default_factory=list, max_length=64, description="names that shall have no value any more"
    )


class DataView(Answer):
    """What is noted of a call's contact."""

    call_id: str
    contact_id: str
    data: dict[str, Any]


class DataVerbs:
    """What programs note of a contact, for whoever has the call next."""

    def __init__(self, exchange: Exchange, submit: Callable[[Command], None]) -> None:
        self._exchange = exchange
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "call.set_data",
                SetDataParams,
                self._set,
                "Note data of a call's contact, which travel with it.",
                who=DESK_AND_BUSINESS,
            ),
            Verb(
                "call.get_data",
                CallParams,
                self._get,
                "The data noted of a call's contact.",
                who=DESK_AND_BUSINESS,
                reads=True,
            ),
        )

    def _set(self, params: SetDataParams) -> DataView:
        call = live_call(self._exchange, params.call_id)
        refuse_bad_data(changed(self._exchange.data_of(call.call_id), params.data, params.remove))
        self._submit(SetCallData(call_id=call.call_id, data=params.data, remove=tuple(params.remove)))
        return self._view(call)

    def _get(self, params: CallParams) -> DataView:
        return self._view(live_call(self._exchange, params.call_id))

    def _view(self, call: Call) -> DataView:
        data = self._exchange.data_of(call.call_id)
        return {"call_id": call.call_id, "contact_id": call.contact_id, "data": data}


def refuse_bad_data(data: Data) -> None:
    """Raises UsageError when these cannot be all of a contact's data."""
    problem = problem_of(data)
    if problem:
        raise UsageError(problem, reason="bad_data")
