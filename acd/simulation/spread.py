"""Lengths of time that are not always the same: talks, patience, the way to the receiver."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from math import exp, log1p, sqrt
from statistics import NormalDist
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from runtime.models import KeyMistake, Section

_NORMAL = NormalDist()
_LONGEST_S = 86_400


class SpreadKind(StrEnum):
    """How lengths lie about their mean."""

    CONSTANT = "constant"
    EXPONENTIAL = "exponential"
    LOGNORMAL = "lognormal"
    EMPIRICAL = "empirical"
    """One of those in ``values_s``, each as likely as the others."""


class Spread(Section):
    """``{ kind = "lognormal", mean_s = 180, variation = 0.8 }``: lengths of time, drawn by chance."""

    kind: SpreadKind = Field(default=SpreadKind.EXPONENTIAL, description="How lengths lie about their mean.")
    mean_s: float | None = Field(
        default=None, gt=0, le=_LONGEST_S, description="The mean in seconds; left out where a table tells it."
    )
    variation: float = Field(
        default=1.0, gt=0, le=10, description="Of lognormal: the standard deviation, in means."
    )
    values_s: list[Annotated[float, Field(ge=0, le=_LONGEST_S)]] = Field(
        default_factory=list, description="Of empirical: the lengths that were measured, in seconds."
    )

    @field_validator("values_s")
    @classmethod
    def _sorted(cls, values_s: list[float]) -> list[float]:
        return sorted(values_s)

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if (self.kind is SpreadKind.EMPIRICAL) != bool(self.values_s):
            raise KeyMistake("values_s", "lengths in seconds with empirical, and with no other kind")
        return self

    @property
    def needs_mean(self) -> bool:
        """Whether nothing can be drawn yet."""
        return self.mean_s is None and self.kind is not SpreadKind.EMPIRICAL

    def at(self, chance: float, mean_s: float | None = None) -> float:
        """The length that so many are below (above 0, below 1); a mean given takes the place of its own.

        Of a kind that needs a mean there must be one.
        """
        if self.kind is SpreadKind.EMPIRICAL:
            return self.values_s[int(chance * len(self.values_s))]
        mean = self.mean_s if mean_s is None else mean_s
        assert mean is not None, "the scenario was checked"
        return _QUANTILES[self.kind](chance, mean, self.variation)


def _constant(chance: float, mean_s: float, variation: float) -> float:
    return mean_s


def _exponential(chance: float, mean_s: float, variation: float) -> float:
    return -mean_s * log1p(-chance)


def _lognormal(chance: float, mean_s: float, variation: float) -> float:
    variance = log1p(variation * variation)
    return mean_s * exp(sqrt(variance) * _NORMAL.inv_cdf(chance) - variance / 2)


_QUANTILES: Mapping[SpreadKind, Callable[[float, float, float], float]] = {
    SpreadKind.CONSTANT: _constant,
    SpreadKind.EXPONENTIAL: _exponential,
    SpreadKind.LOGNORMAL: _lognormal,
}
