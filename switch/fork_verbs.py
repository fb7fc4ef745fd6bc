"""Verbs that carry a live call's audio to a WebSocket and end that again."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from media.commands import ForkMix, StartFork, StopFork
from media.names import ForkIdentity
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.models import Answer, NoParams, Params
from runtime.vocabulary import Command
from switch.application import Verb
from switch.call import Call, Leg
from switch.exchange import Exchange
from switch.roles import INTEGRATORS, TECHNICIANS

_ONE_LINE = r"^[\x20-\x7e]*$"
_MOST_DETAILS = 32
_LONGEST_DETAIL = 1000


class Party(StrEnum):
    """Whose leg of a call."""

    CUSTOMER = "customer"
    STATION = "station"


class ForkParams(Params):
    """Which leg's audio goes where."""

    call_id: str = Field(description="the call, as call.list names it")
    url: str = Field(max_length=2048, description="the WebSocket, ws:// or wss://")
    leg: Party = Field(
        default=Party.CUSTOMER, description="customer, or station: the phone the customer talks to"
    )
    mix: ForkMix = Field(
        default=ForkMix.SAID,
        description="said, heard, mixed, or stereo with what the leg says on the left channel",
    )
    rate_hz: Literal[8000, 16000] = Field(default=8000, description="samples a second, both ways")
    returns: bool = Field(default=False, description="let the leg hear audio that comes back")
    interrupts: bool = Field(
        default=False, description="that audio ends the prompt or music that plays, else it waits for its end"
    )
    reconnects: int = Field(
        default=3, ge=0, le=100, description="how often a connection that breaks is made again, in a row"
    )
    authorization: str = Field(
        default="", max_length=8192, pattern=_ONE_LINE, description="Authorization header of the handshake"
    )
    subprotocol: str = Field(
        default="", max_length=100, pattern=r"^[\w.+-]*$", description="WebSocket subprotocol to ask for"
    )
    details: dict[str, str] = Field(
        default={}, max_length=_MOST_DETAILS, description="texts by name for the first message's metadata"
    )

    @field_validator("url")
    @classmethod
    def _is_websocket(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("ws", "wss") or not parts.hostname or parts.username is not None:
            raise ValueError("expected a URL such as wss://bot.example/stream, without a password in it")
        return url

    @field_validator("details")
    @classmethod
    def _are_short(cls, details: dict[str, str]) -> dict[str, str]:
        if any(len(name) + len(text) > _LONGEST_DETAIL for name, text in details.items()):
            raise ValueError(f"expected names and texts of at most {_LONGEST_DETAIL} characters together")
        return details


class UnforkParams(Params):
    """Names one fork."""

    fork_id: str = Field(description="the fork, as media.fork answered or media.forks names it")


class ForkView(Answer):
    """A fork under way."""

    fork_id: str
    call_id: str
    leg_id: str
    url: str


class ForkVerbs:
    """``media.fork``, ``media.unfork``, ``media.forks``."""

    def __init__(
        self,
        exchange: Exchange,
        forks: Callable[[], Sequence[ForkIdentity]],
        ids: Ids,
        submit: Callable[[Command], None],
    ) -> None:
        """``forks``: those that have not ended."""
        self._exchange = exchange
        self._forks = forks
        self._ids = ids
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "media.fork",
                ForkParams,
                self._fork,
                "Carry a leg's audio to a WebSocket, and back.",
                who=INTEGRATORS,
            ),
            Verb(
                "media.unfork", UnforkParams, self._unfork, "End a fork; the call goes on.", who=INTEGRATORS
            ),
            Verb(
                "media.forks",
                NoParams,
                self._list,
                "The forks under way, oldest first.",
                who=TECHNICIANS,
                reads=True,
            ),
        )

    def _fork(self, params: ForkParams) -> ForkView:
        call = self._exchange.find(params.call_id)
        if call is None:
            raise UsageError(f"no call {params.call_id} is up; call.list names those that are")
        leg = _leg_of(call, params.leg)
        command = StartFork(
            fork_id=self._ids.new("fork"),
            leg_id=leg.leg_id,
            call_id=call.call_id,
            url=params.url,
            mix=params.mix,
            rate_hz=params.rate_hz,
            returns=params.returns,
            interrupts=params.interrupts,
            reconnects=params.reconnects,
            authorization=params.authorization,
            subprotocol=params.subprotocol,
            details=(("from", call.caller_number), ("to", call.called_number), *params.details.items()),
        )
        self._submit(command)
        return _view(ForkIdentity.of(command))

    def _unfork(self, params: UnforkParams) -> ForkView:
        for fork in self._forks():
            if fork.fork_id == params.fork_id:
                self._submit(StopFork(fork_id=params.fork_id))
                return _view(fork)
        raise UsageError(f"no fork {params.fork_id} is under way; media.forks names those that are")

    def _list(self, params: NoParams) -> list[ForkView]:
        return [_view(fork) for fork in self._forks()]


def _leg_of(call: Call, party: Party) -> Leg:
    leg = call.customer if party is Party.CUSTOMER else call.connected_leg
    if leg is None:
        raise UsageError(f"call {call.call_id} has no {party.value} to fork now")
    return leg


def _view(fork: ForkIdentity) -> ForkView:
    return {
        "fork_id": fork.fork_id,
        "call_id": fork.call_id,
        "leg_id": fork.leg_id,
        "url": fork.url,
    }
