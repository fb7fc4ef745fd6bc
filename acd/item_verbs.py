"""The verbs of work items on the control socket: for adapters, who bring them, and for agents' desktops."""

from typing import Annotated

from pydantic import Field, field_validator

from acd.answers import ItemState, ItemView
from acd.commands import AcceptItem, FinishItem, RejectItem, SubmitItem, WithdrawItem
from acd.config import MAX_PRIORITY
from acd.entry import Entry
from acd.queue_rules import checked_requirement
from acd.state import AcdState
from acd.verbs import Submit
from acd.views import item_view
from runtime.clock import Clock
from runtime.models import Params, TenantParams
from runtime.tenancy import tenant_of
from runtime.vocabulary import Command
from switch.application import Verb
from switch.roles import BUSINESS, DESK_AND_BUSINESS, INTEGRATORS

MAX_DATA_BYTES = 4096
_Name = Annotated[str, Field(min_length=1, max_length=64)]


class ItemParams(Params):
    """Names one item."""

    item: _Name = Field(description="the item's id, given by whoever brought it")


class ItemAgentParams(ItemParams):
    """Names an item and an agent it is offered to, or who has it."""

    agent: str = Field(min_length=1, description="the agent's number (工号)")


class SubmitItemParams(ItemParams):
    """An item, and how it is to wait."""

    medium: _Name = Field(description="chat, mail, video or any other name; agents have a capacity for each")
    queues: list[str] = Field(min_length=1, max_length=16, description="in which it waits at once")
    contact_id: str = Field(
        default="", max_length=64, description="the customer's visit; the item's id if empty"
    )
    customer: str = Field(default="", max_length=255, description="the customer's number or name")
    priority: int | None = Field(default=None, ge=0, le=MAX_PRIORITY, description="level; else the queue's")
    require: str = Field(default="", description="what it asks of an agent, such as lang:en")
    preferred: list[str] = Field(default_factory=list, max_length=16, description="agents to be asked first")
    preferred_wait_s: float = Field(default=0, ge=0, le=86400, description="so long they alone are asked")
    tags: list[Annotated[str, Field(min_length=1)]] = Field(
        default_factory=list, max_length=32, description="what is known of the customer"
    )
    data: dict[str, str] = Field(
        default_factory=dict, description="for the agent's desktop, at most 4096 bytes of names and values"
    )

    @field_validator("require")
    @classmethod
    def _parses(cls, text: str) -> str:
        return checked_requirement(text)

    @field_validator("data")
    @classmethod
    def _is_small(cls, data: dict[str, str]) -> dict[str, str]:
        size = sum(len(text.encode()) for pair in data.items() for text in pair)
        if size > MAX_DATA_BYTES:
            raise ValueError(f"{MAX_DATA_BYTES} bytes at most, not {size}; leave a link to the rest")
        return data


class ListItemsParams(TenantParams):
    """Which items; without either all."""

    agent: str | None = Field(default=None, description="those offered to this agent or in hand there")
    queue: str | None = Field(default=None, description="those waiting in this queue")


class ItemVerbs:
    """``item.list``, ``item.submit`` … What changes something goes through the driver."""

    def __init__(self, state: AcdState, clock: Clock, submit: Submit) -> None:
        self._state = state
        self._clock = clock
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "item.list",
                ListItemsParams,
                self.list_items,
                "The chats, mails and other items there are.",
                who=DESK_AND_BUSINESS,
                reads=True,
            ),
            Verb(
                "item.submit",
                SubmitItemParams,
                self.submit,
                "Let a chat, mail or other item wait.",
                who=INTEGRATORS,
            ),
            Verb(
                "item.accept",
                ItemAgentParams,
                self.accept,
                "An agent takes an item that is offered.",
                who=DESK_AND_BUSINESS,
            ),
            Verb(
                "item.reject",
                ItemAgentParams,
                self.reject,
                "An agent does not take it; others are asked.",
                who=DESK_AND_BUSINESS,
            ),
            Verb(
                "item.finish",
                ItemAgentParams,
                self.finish,
                "An agent is done with an item.",
                who=DESK_AND_BUSINESS,
            ),
            Verb(
                "item.withdraw", ItemParams, self.withdraw, "The customer of an item is gone.", who=BUSINESS
            ),
        )

    def list_items(self, params: ListItemsParams) -> list[ItemView]:
        """In the order in which they came."""
        now, entries = self._clock.now(), self._state.entries.values()
        return [
            item_view(self._state, entry, now)
            for entry in entries
            if entry.is_item and params.means(tenant_of(entry.call_id)) and self._is_asked_for(entry, params)
        ]

    def submit(self, params: SubmitItemParams) -> ItemState:
        """``state`` is null when no queue had room."""
        command = SubmitItem(
            item=params.item,
            medium=params.medium,
            contact_id=params.contact_id or params.item,
            customer=params.customer,
            queues=tuple(params.queues),
            priority=params.priority,
            requirement=params.require,
            preferred=tuple(params.preferred),
            preferred_wait_s=params.preferred_wait_s,
            tags=tuple(params.tags),
            data=tuple(params.data.items()),
        )
        return self._carry_out(command, params.item)

    def accept(self, params: ItemAgentParams) -> ItemState:
        return self._carry_out(AcceptItem(item=params.item, agent_id=params.agent), params.item)

    def reject(self, params: ItemAgentParams) -> ItemState:
        return self._carry_out(RejectItem(item=params.item, agent_id=params.agent), params.item)

    def finish(self, params: ItemAgentParams) -> ItemState:
        return self._carry_out(FinishItem(item=params.item, agent_id=params.agent), params.item)

    def withdraw(self, params: ItemParams) -> ItemState:
        return self._carry_out(WithdrawItem(item=params.item), params.item)

    def _is_asked_for(self, entry: Entry, params: ListItemsParams) -> bool:
        offers = (self._state.offers[offer_id] for offer_id in entry.offer_ids)
        is_with_agent = params.agent is None or params.agent in {offer.agent_id for offer in offers}
        return is_with_agent and (params.queue is None or params.queue in entry.places)

    def _carry_out(self, command: Command, item: str) -> ItemState:
        self._submit(command)
        entry = self._state.entry_of(item)
        return {"item": item, "state": entry.state if entry else None}
