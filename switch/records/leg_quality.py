"""How the legs of a call sounded, as columns of its record."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Float

SIDES = ("caller", "station")

_MEASURES = {
    "mos": ("mos", "estimated score of what we heard of the {side}, 1 to 4.41; null when nothing was heard"),
    "mos_lowest": ("mos_lowest", "the score of the worst second"),
    "mos_remote": ("remote_mos", "the score of what the {side} heard, by its reports; null without any"),
    "jitter_ms": ("jitter_max_ms", "ms; the highest interarrival jitter"),
    "round_trip_ms": ("round_trip_ms", "ms to the {side} and back, by its last report; null without any"),
}
"""Column behind the side → field of endpoint.closed, and what it means."""
_FIELDS = [field for field, _ in _MEASURES.values()]
_COLUMNS = {side: [f"{side}_{name}" for name in _MEASURES] for side in SIDES}
_LOSS = {side: f"{side}_loss" for side in SIDES}


def quality_columns() -> Iterator[Column[Any]]:
    """All columns, of both sides."""
    for side in SIDES:
        for name, (_, meaning) in _MEASURES.items():
            yield Column(f"{side}_{name}", Float, comment=meaning.format(side=side))
        yield Column(_LOSS[side], Float, comment="share of packets that never arrived, 0 to 1")


def quality_of(side: str, closed: Mapping[str, Any]) -> dict[str, float | None]:
    """The columns of one side, by the fields of its leg's endpoint.closed. An older journal has fewer."""
    heard, lost = closed["packets_received"], closed["packets_lost"]
    values: dict[str, float | None] = dict(zip(_COLUMNS[side], map(closed.get, _FIELDS), strict=True))
    values[_LOSS[side]] = round(lost / (heard + lost), 5) if heard else None
    return values


NOTHING_KNOWN: dict[str, float | None] = {
    f"{side}_{name}": None for side in SIDES for name in (*_MEASURES, "loss")
}
"""Of a call whose legs nothing was heard of."""
