"""Who calls when, and what they bring: drawn before the day begins, so it owes nothing to what happens."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from acd.forecast import Step, read_forecast
from acd.forecast_cells import span_in
from acd.queue_target import QueueTarget, parse_queue_target
from acd.simulation.chance import Chance
from acd.simulation.scenario import CallersConfig, DayConfig, seconds_of
from acd.simulation.spread import Spread
from runtime.errors import UsageError


@dataclass(frozen=True, slots=True)
class Caller:
    """One call to come. Times are seconds since midnight."""

    call_id: str
    comes_at: float
    number: str
    target: QueueTarget
    talk_s: float
    patience_s: float
    """How long the caller would wait; infinite for one who does not give up."""


@dataclass(frozen=True, slots=True)
class Wave:
    """A span of the day in which callers come at one rate."""

    begins_s: float
    ends_s: float
    calls_per_s: float
    talk_s: float | None
    """The mean; None for that of the spread."""
    patience_s: float | None


@dataclass(frozen=True, slots=True)
class Stream:
    """People who call for the same reason, by chance."""

    target: QueueTarget
    waves: Sequence[Wave]
    talk: Spread
    patience: Spread | None

    def callers(self, chance: Chance, number: int) -> Iterator[Caller]:
        """In the order in which they come. ``number``: tells streams of one scenario apart."""
        index = 0
        for wave in self.waves:
            at = wave.begins_s
            while wave.calls_per_s:
                index += 1
                at -= math.log(chance.draw("gap", number, index)) / wave.calls_per_s
                if at >= wave.ends_s:
                    break  # what remains of the gap is as long as any other
                yield self._caller(chance, wave, at, f"{number}-{index}")

    def _caller(self, chance: Chance, wave: Wave, at: float, name: str) -> Caller:
        patience_s = math.inf
        if self.patience is not None:
            patience_s = self.patience.at(chance.draw("patience", name), wave.patience_s)
        elif wave.patience_s is not None:
            patience_s = Spread().at(chance.draw("patience", name), wave.patience_s)
        talk_s = self.talk.at(chance.draw("talk", name), wave.talk_s)
        return Caller(f"call-{name}", at, f"caller-{name}", self.target, talk_s, patience_s)


def stream_of(callers: CallersConfig, day: DayConfig, wrap_up_s: float) -> Stream:
    """The stream of a section that has a rate or a forecast.

    ``wrap_up_s``: what of a forecast's handle time is no talk, on average. Raises SheetError, and UsageError
    where no talk is left.
    """
    if callers.forecast is not None:
        waves = [_wave_of(step, callers, wrap_up_s) for step in dated(read_forecast(callers.forecast))]
    else:
        rate = (callers.calls_per_hour or 0.0) * callers.volume / 3600
        waves = [Wave(seconds_of(day.begins), seconds_of(day.ends), rate, None, None)]
    begins, ends = seconds_of(day.begins), seconds_of(day.ends)
    inside = [_cut(wave, begins, ends) for wave in waves if wave.begins_s < ends and wave.ends_s > begins]
    return Stream(parse_queue_target(callers.queue), inside, callers.talk, callers.patience)


def dated(steps: Sequence[Step]) -> Iterator[tuple[float, Step]]:
    """Each step of a forecast with its beginning in seconds since the first day's midnight."""
    midnight: datetime | None = None
    for step in steps:
        span = span_in(step.begins, None)
        assert span is not None, "steps have beginnings that can be read"
        midnight = midnight or datetime.combine(span.begins.date(), time())
        yield (span.begins - midnight).total_seconds(), step


def _wave_of(dated_step: tuple[float, Step], callers: CallersConfig, wrap_up_s: float) -> Wave:
    begins_s, step = dated_step
    talk_s = None
    if callers.talk.needs_mean and step.handle_s is not None:
        talk_s = step.handle_s - wrap_up_s
        if talk_s <= 0:
            raise UsageError(
                f"{callers.forecast}, {step.begins}: a handle time of {step.handle_s:g} s leaves no talk "
                f"beside {wrap_up_s:g} s of wrap-up"
            )
    patience_s = step.patience_s if callers.patience is None or callers.patience.needs_mean else None
    rate = step.calls * callers.volume / step.length_s
    return Wave(begins_s, begins_s + step.length_s, rate, talk_s, patience_s)


def _cut(wave: Wave, begins: float, ends: float) -> Wave:
    return Wave(
        max(wave.begins_s, begins), min(wave.ends_s, ends), wave.calls_per_s, wave.talk_s, wave.patience_s
    )
