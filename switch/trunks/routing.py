"""Which trunks carry calls to a number: the route with the most precise pattern."""

from collections.abc import Sequence
from dataclasses import dataclass

from switch.sip.locating.weights import Draw, weighted_order
from switch.trunks.config import RouteConfig
from switch.trunks.patterns import Pattern, parse_pattern


@dataclass(frozen=True, slots=True)
class Route:
    """Where calls to some numbers go."""

    trunks: tuple[str, ...]
    weights: tuple[int, ...]
    caller_number: str
    level: int
    """Who dials by themselves must have this ``outside_level``."""

    def order(self, draw: Draw) -> Sequence[str]:
        """The trunks in the order to try them for one call."""
        if not self.weights:
            return self.trunks
        return [self.trunks[position] for position in weighted_order(self.weights, draw)]


class Routing:
    """The routes by the beginnings of their patterns: a look-up takes a step for each digit of the number."""

    def __init__(self, routes: Sequence[RouteConfig]) -> None:
        self._by_prefix: dict[str, list[tuple[Pattern, Route]]] = {}
        for config in routes:
            route = Route(tuple(config.trunks), tuple(config.weights), config.caller_number, config.level)
            for pattern in map(parse_pattern, config.numbers):
                self._by_prefix.setdefault(pattern.prefix, []).append((pattern, route))
        for alternatives in self._by_prefix.values():
            alternatives.sort(key=lambda pair: pair[0].precision, reverse=True)
        self._longest = max(map(len, self._by_prefix), default=0)

    def find(self, number: str) -> Route | None:
        """The route of a number, or None."""
        for length in range(min(self._longest, len(number)), -1, -1):
            for pattern, route in self._by_prefix.get(number[:length], ()):
                if pattern.fits(number):
                    return route
        return None
