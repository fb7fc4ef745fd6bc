"""The trunks' verbs on the control socket."""

from collections.abc import Callable

from pydantic import Field

from runtime.clock import Clock
from runtime.errors import UsageError
from runtime.models import NoParams, Params
from runtime.vocabulary import Command
from switch.application import Verb
from switch.roles import OPERATORS
from switch.trunks.commands import DisableTrunk, EnableTrunk
from switch.trunks.trunk import Trunk
from switch.trunks.trunks import Trunks
from switch.trunks.views import TrunkDetails, TrunkView, trunk_details, trunk_view


class TrunkParams(Params):
    """Names one trunk."""

    trunk: str = Field(min_length=1, description="the trunk, by its name in the configuration")


class TrunkVerbs:
    """``trunk.list``, ``trunk.show``, ``trunk.enable``, ``trunk.disable``."""

    def __init__(self, trunks: Trunks, clock: Clock, submit: Callable[[Command], None]) -> None:
        self._trunks = trunks
        self._clock = clock
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "trunk.list",
                NoParams,
                self._list,
                "All trunks: state, calls, addresses.",
                who=OPERATORS,
                reads=True,
            ),
            Verb(
                "trunk.show",
                TrunkParams,
                self._show,
                "One trunk with its limits and registration.",
                who=OPERATORS,
                reads=True,
            ),
            Verb(
                "trunk.enable",
                TrunkParams,
                self._enable,
                "Let a trunk carry calls, and register there.",
                who=OPERATORS,
            ),
            Verb(
                "trunk.disable",
                TrunkParams,
                self._disable,
                "Let a trunk carry no new calls, and take its registration back.",
                who=OPERATORS,
            ),
        )

    def _list(self, params: NoParams) -> list[TrunkView]:
        now = self._clock.now()
        return [trunk_view(trunk, now) for trunk in self._trunks.all()]

    def _show(self, params: TrunkParams) -> TrunkDetails:
        return trunk_details(self._demand(params.trunk), self._clock.now())

    def _enable(self, params: TrunkParams) -> TrunkView:
        self._submit(EnableTrunk(trunk=params.trunk))
        return trunk_view(self._demand(params.trunk), self._clock.now())

    def _disable(self, params: TrunkParams) -> TrunkView:
        self._submit(DisableTrunk(trunk=params.trunk))
        return trunk_view(self._demand(params.trunk), self._clock.now())

    def _demand(self, name: str) -> Trunk:
        trunk = self._trunks.find(name)
        if trunk is None:
            raise UsageError(f"there is no trunk {name}; trunk.list names those there are")
        return trunk
