"""The verbs that ask for callbacks, list them and call them off."""

from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import Field

from acd.answers import CallbackView
from acd.callback_rules import callbacks_at
from acd.commands import CancelCallback, RequestCallback
from acd.config import MAX_PRIORITY
from acd.entry import Entry, EntryState
from acd.state import AcdState
from acd.views import callback_view
from runtime.clock import Clock
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.models import Params, TenantParams
from runtime.tenancy import id_kind, tenant_of, tenant_of_id
from runtime.vocabulary import Command
from switch.application import Verb
from switch.roles import BUSINESS

_Number = Annotated[str, Field(min_length=1, max_length=64)]
_MOST_NUMBERS = 5


class CallbackParams(Params):
    """Whom to call back: one who waits, or a number for which a place is taken."""

    call_id: str | None = Field(default=None, description="the call that waits; it is ended")
    numbers: list[_Number] = Field(
        default_factory=list,
        max_length=_MOST_NUMBERS,
        description="where to call, the best first; empty: at the caller's own number",
    )
    station: str | None = Field(
        default=None,
        max_length=64,
        description="who gives these numbers, at this station: those it may not dial itself are refused",
    )
    queues: list[str] = Field(
        default_factory=list, description="without a call: the queues to wait in; the first one's rules hold"
    )
    priority: int | None = Field(
        default=None, ge=0, le=MAX_PRIORITY, description="without a call: the customer's level"
    )
    require: str = Field(default="", description="without a call: what is asked of an agent")
    access_code: str = Field(
        default="", max_length=64, description="without a call: on whose behalf the customer is called"
    )
    contact_id: str = Field(
        default="", max_length=64, description="without a call: the customer's visit; empty: a new one"
    )


class CallbackIdParams(Params):
    """Names one callback."""

    callback_id: str = Field(min_length=1, description="the callback")


class CallbackListParams(TenantParams):
    """Which callbacks to list."""

    queue: str | None = Field(default=None, description="only those of this queue")


class CallbackVerbs:
    """``queue.callback``, ``queue.callbacks`` and ``queue.cancel_callback``."""

    def __init__(
        self,
        state: AcdState,
        levels: Mapping[str, int],
        ids: Ids,
        clock: Clock,
        submit: Callable[[Command], None],
    ) -> None:
        """``levels``: of each station, up to which routes may be dialled from it."""
        self._state = state
        self._levels = levels
        self._ids = ids
        self._clock = clock
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "queue.callback",
                CallbackParams,
                self.request,
                "Have a customer called back who waits, or who has not called; one for a number and queue.",
                who=BUSINESS,
            ),
            Verb(
                "queue.callbacks",
                CallbackListParams,
                self.list_callbacks,
                "Who is to be called back.",
                who=BUSINESS,
                reads=True,
            ),
            Verb(
                "queue.cancel_callback",
                CallbackIdParams,
                self.cancel,
                "Call a customer back no more.",
                who=BUSINESS,
            ),
        )

    def request(self, params: CallbackParams) -> CallbackView:
        tenant = tenant_of_id(params.call_id) if params.call_id else tenant_of(next(iter(params.queues), ""))
        command = RequestCallback(
            callback_id=self._ids.new(id_kind("callback", tenant)),
            call_id=params.call_id,
            level=None if params.station is None else self._level_of(params.station),
            numbers=tuple(dict.fromkeys(params.numbers)),
            contact_id=params.contact_id or self._ids.new(id_kind("contact", tenant)),
            queues=tuple(params.queues),
            priority=params.priority,
            requirement=params.require,
            access_code=params.access_code,
        )
        waiting = self._state.entry_of(command.call_id) if command.call_id else None
        self._submit(command)
        return self._view(waiting or self._found(command))

    def _level_of(self, station: str) -> int:
        if station not in self._levels:
            raise UsageError(f"there is no station {station}; see [[stations]] of the configuration")
        return self._levels[station]

    def _found(self, command: RequestCallback) -> Entry:
        """The new callback of one who has not called, or the one that is kept in its place."""
        entry = self._state.entries.get(command.callback_id)
        return entry or next(callbacks_at(self._state, command.numbers[0], command.queues))

    def list_callbacks(self, params: CallbackListParams) -> list[CallbackView]:
        if params.queue is not None:
            self._state.queue(params.queue)
        state = self._state
        ids = {entry_id for number in state.callbacks for entry_id in state.callbacks.of(number)}
        entries = sorted((state.entries[entry_id] for entry_id in ids), key=lambda entry: entry.rank)
        return [
            self._view(entry)
            for entry in entries
            if params.queue in (None, *entry.places) and params.means(tenant_of(next(iter(entry.places), "")))
        ]

    def cancel(self, params: CallbackIdParams) -> CallbackView:
        entry = self._state.entries.get(params.callback_id)
        if entry is None or entry.state is EntryState.TALKING:
            raise UsageError(f"there is no callback {params.callback_id}; see queue.callbacks")
        view = self._view(entry)
        self._submit(CancelCallback(callback_id=params.callback_id))
        return view

    def _view(self, entry: Entry) -> CallbackView:
        if entry.callback is None:
            raise UsageError(f"{entry.entry_id} is no callback; see queue.callbacks")
        return callback_view(entry, entry.callback, self._clock.now())
