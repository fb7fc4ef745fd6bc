"""Drawing lots: who of several with weights comes first, second and so on (RFC 2782, "Weight")."""

from collections.abc import Callable, Sequence

from runtime.ids import Ids

Draw = Callable[[int], int]
"""Takes a bound; returns a number from 0 up to, but not, the bound."""


def drawing(ids: Ids) -> Draw:
    """Lots drawn from the house's source of ids."""
    return lambda bound: int(ids.token(), 16) % bound


def weighted_order(weights: Sequence[int], draw: Draw) -> list[int]:
    """Positions in the order to try them. The greater a weight the likelier it comes early; 0 rarely does."""
    if len(weights) == 1:
        return [0]
    waiting = sorted(range(len(weights)), key=lambda position: weights[position] > 0)
    order: list[int] = []
    while len(waiting) > 1:
        lot = draw(sum(weights[position] for position in waiting) + 1)
        passed = 0
        for position in waiting:
            passed += weights[position]
            if passed >= lot:
                break
        waiting.remove(position)
        order.append(position)
    return order + waiting
