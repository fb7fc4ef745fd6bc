"""A trunk's way of writing numbers, and the house's, turned into each other."""

from typing import NamedTuple

from switch.trunks.areas import Areas
from switch.trunks.config import LandingPlace, TrunkConfig
from switch.trunks.numbering import NumberingPlan
from switch.trunks.patterns import parse_pattern, parse_rule, rewrite


class ArrivedNumbers(NamedTuple):
    """The numbers of a call that came in, as the house writes them."""

    called: str
    caller: str
    area: str
    """Where the caller is, by the landing code; empty when that is not known."""


class TrunkNumbers:
    """The rules of one trunk, ready for use."""

    def __init__(self, config: TrunkConfig, plan: NumberingPlan, areas: Areas) -> None:
        self._config = config
        self._plan = plan
        self._areas = areas
        self._called_in = tuple(map(parse_rule, config.called_in))
        self._caller_in = tuple(map(parse_rule, config.caller_in))
        self._called_out = tuple(map(parse_rule, config.called_out))
        self._caller_out = tuple(map(parse_rule, config.caller_out))
        self._own = tuple(map(parse_pattern, config.numbers))

    def arriving(self, called: str, caller: str) -> ArrivedNumbers:
        """Numbers that come in: rewritten, freed of the landing code, brought into the house's form."""
        called = rewrite(called, self._called_in)
        caller = rewrite(caller, self._caller_in)
        called, caller, area = self._land(called, caller)
        form, read = self._config.form_in, self._plan.read
        return ArrivedNumbers(read(called, form), read(caller, form), area)

    def called_out(self, number: str) -> str:
        """A called number as the trunk wants it."""
        return rewrite(self._plan.write(number, self._config.form_out), self._called_out)

    def caller_out(self, number: str) -> str:
        """A caller's number as the trunk wants it."""
        return rewrite(self._plan.write(number, self._config.form_out), self._caller_out)

    def owns(self, called: str) -> bool:
        """Whether a called number is one of the trunk's own; every one is, where none are named."""
        return not self._own or any(pattern.fits(called) for pattern in self._own)

    def _land(self, called: str, caller: str) -> ArrivedNumbers:
        place = self._config.landing_code
        if place is LandingPlace.CALLED and (landing := self._areas.split(called)):
            return ArrivedNumbers(landing.number, caller, landing.area)
        if place is LandingPlace.CALLER and (landing := self._areas.split(caller)):
            return ArrivedNumbers(called, landing.number, landing.area)
        if place is LandingPlace.AREA_CODE and (landing := self._areas.split(caller)):
            return ArrivedNumbers(called, caller, landing.area)
        return ArrivedNumbers(called, caller, "")
