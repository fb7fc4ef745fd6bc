"""Numbers for Prometheus: counters folded from events, gauges read when they are asked for.

Names follow the exporters operators know (rtpengine, drachtio, Asterisk), with the prefix ``ringmain_``.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import add, attrgetter
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from media.events import (
    EndpointClosed,
    MediaFlooded,
    MediaLost,
    OneWayDetected,
    RecordingCompleted,
    RecordingFailed,
)
from runtime.driver import Observer
from runtime.vocabulary import Event
from switch.application import Gauge
from switch.archive.events import RecordingFaulty
from switch.causes import Cause
from switch.control.events import ControlClientDropped
from switch.disposition import disposition
from switch.events import (
    CallAnswered,
    CallArrived,
    CallEnded,
    CallPlaced,
    CallRefused,
    OfferAccepted,
    OfferEnded,
)
from switch.provisioning.events import StationFileFetched
from switch.quality_metrics import QualityMetrics
from switch.records.events import DatabaseFailed, JournalWriteFailed
from switch.sip.events import StationRegistered, StationUnregistered

PREFIX = "ringmain_"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Total:
    """A number that only rises, kept by somebody else, such as the SIP stack's requests by method."""

    name: str
    help: str
    labels: tuple[str, ...]
    read: Callable[[], Mapping[tuple[str, ...], float]]
    """Label values → number since the start."""


class Metrics:
    """Counts events and renders the exposition text."""

    def __init__(
        self, gauges: Iterable[Gauge], status: Callable[[], Mapping[str, Any]], totals: Iterable[Total] = ()
    ) -> None:
        """``status`` is what the verb switch.status tells; each number in it becomes a gauge."""
        self._answered: set[str] = set()
        self._registered: set[str] = set()
        self._create_tallies()
        self._rtp = _RtpTotals()
        self._ends = _CallEnds()
        own = Gauge("registrations", "Stations that are registered.", (), self._registrations)
        all_totals = (
            *totals,
            *self._rtp.totals(),
            *self._ends.totals(),
            *(tally.total() for tally in self._tallies),
        )
        self._registry = CollectorRegistry()
        self._registry.register(_Readings((own, *gauges), status, all_totals))
        self._quality = QualityMetrics(self._registry, PREFIX)
        self.folds: Mapping[type[Event], Observer] = self._build_folds()
        """The driver's observers, by what they count."""

    def _build_folds(self) -> dict[type[Event], Observer]:
        return {
            CallArrived: self._arrived.see,
            CallPlaced: self._placed.see,
            CallAnswered: self._call_answered,
            CallEnded: self._call_ended,
            CallRefused: self._call_refused,
            OfferAccepted: lambda event, wall: self._offers.add("accepted"),
            OfferEnded: self._offer_ended,
            RecordingCompleted: lambda event, wall: self._recordings.add("completed"),
            RecordingFailed: lambda event, wall: self._recordings.add("failed"),
            RecordingFaulty: lambda event, wall: self._faulty.add(event.fault),
            EndpointClosed: self._endpoint_closed,
            MediaFlooded: self._media_flooded.see,
            MediaLost: self._media_lost.see,
            OneWayDetected: lambda event, wall: self._one_way.add(event.missing),
            StationRegistered: lambda event, wall: self._registered.add(event.station),
            StationUnregistered: lambda event, wall: self._registered.discard(event.station),
            JournalWriteFailed: lambda event, wall: self._outages.add("journal"),
            ControlClientDropped: self._clients_dropped.see,
            DatabaseFailed: lambda event, wall: self._outages.add("database"),
            StationFileFetched: lambda event, wall: self._phone_files.add(event.make),
        }

    def render(self) -> bytes:
        """All metrics in the Prometheus text format (``CONTENT_TYPE``)."""
        return generate_latest(self._registry)

    def _registrations(self) -> Mapping[tuple[str, ...], float]:
        return {(): float(len(self._registered))}

    def _create_tallies(self) -> None:
        self._arrived = _Tally("calls_arrived", "Calls that reached an application.")
        self._placed = _Tally("calls_placed", "Calls that the switch made itself.")
        self._offers = _Tally(
            "offers", "Stations rung for a call: accepted, or the cause why not.", "outcome"
        )
        self._rejected = _Tally("calls_rejected", "Calls that a black list turned away.", "list")
        self._recordings = _Tally("recordings", "Recordings that are over.", "outcome")
        self._faulty = _Tally("recordings_faulty", "Findings of the nightly check of recordings.", "fault")
        self._media_flooded = _Tally("media_flooded", "Floods of packets to the ports of legs.")
        self._media_lost = _Tally("media_lost", "Legs whose audio stopped arriving.")
        self._one_way = _Tally(
            "one_way_audio", "Legs whose audio flowed one way only, by the direction missing.", "missing"
        )
        self._outages = _Tally("record_outages", "Times journal or database stopped.", "keeper")
        self._clients_dropped = _Tally("control_clients_dropped", "Clients hung up on as they read nothing.")
        self._phone_files = _Tally("phone_files_fetched", "Files that phones fetched.", "make")
        self._tallies = (
            self._phone_files,
            self._clients_dropped,
            self._arrived,
            self._placed,
            self._offers,
            self._rejected,
            self._recordings,
            self._faulty,
            self._media_flooded,
            self._media_lost,
            self._one_way,
            self._outages,
        )

    def _call_answered(self, event: CallAnswered, wall: float) -> None:
        self._answered.add(event.call_id)

    def _call_ended(self, event: CallEnded, wall: float) -> None:
        answered = event.call_id in self._answered
        self._answered.discard(event.call_id)
        self._ends.add(event.cause, answered=answered)

    def _call_refused(self, event: CallRefused, wall: float) -> None:
        if event.black_list:
            self._rejected.add(event.black_list)
        self._ends.add(event.cause, answered=False)

    def _offer_ended(self, event: OfferEnded, wall: float) -> None:
        if not event.accepted:
            self._offers.add(event.cause)

    def _endpoint_closed(self, event: EndpointClosed, wall: float) -> None:
        self._rtp.add(event)
        self._quality.observe(event)


@dataclass(slots=True)
class _Tally:
    """What we count ourselves, by one label or none. Prometheus' own counters take a lock for each one."""

    name: str
    help: str
    label: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    def see(self, event: Event, wall: float) -> None:
        """A driver's observer of all that count, for a tally without a label."""
        self.counts[""] = self.counts.get("", 0) + 1

    def add(self, value: str) -> None:
        """One more with this value of the label."""
        self.counts[value] = self.counts.get(value, 0) + 1

    def total(self) -> Total:
        """As Prometheus reads it."""
        if not self.label:
            return Total(self.name, self.help, (), lambda: {(): self.counts.get("", 0)})
        return Total(
            self.name,
            self.help,
            (self.label,),
            lambda: {(str(value),): count for value, count in self.counts.items()},
        )


class _CallEnds:
    """How calls ended."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Cause, bool]] = Counter()
        """Calls by cause, and by whether they were answered."""

    def add(self, cause: Cause, *, answered: bool) -> None:
        self._counts[cause, answered] += 1

    def totals(self) -> tuple[Total, ...]:
        """As Prometheus reads them."""
        return (
            Total("calls", "Calls that are over.", ("disposition",), self._by_disposition),
            Total("call_hangups", "Calls that are over, by hang-up cause.", ("cause",), self._by_cause),
        )

    def _by_disposition(self) -> Mapping[tuple[str, ...], float]:
        calls: Counter[tuple[str, ...]] = Counter()
        for (cause, answered), count in self._counts.items():
            calls[(disposition(cause, answered=answered),)] += count
        return calls

    def _by_cause(self) -> Mapping[tuple[str, ...], float]:
        calls: Counter[tuple[str, ...]] = Counter()
        for (cause, _), count in self._counts.items():
            calls[(cause,)] += count
        return calls


class _Carried(NamedTuple):
    """Of what a leg carried what is summed up, by the names of EndpointClosed."""

    packets_received: int = 0
    packets_sent: int = 0
    bytes_received: int = 0
    bytes_sent: int = 0
    packets_lost: int = 0
    packets_dropped: int = 0


_carried_by = attrgetter(*_Carried._fields)


class _RtpTotals:
    """What the legs carried that are over."""

    def __init__(self) -> None:
        self._sums: tuple[int, ...] = _Carried()

    def add(self, leg: EndpointClosed) -> None:
        self._sums = tuple(map(add, self._sums, _carried_by(leg)))

    @property
    def _carried(self) -> _Carried:
        return _Carried(*self._sums)

    def totals(self) -> tuple[Total, ...]:
        """As Prometheus reads them."""
        return (
            Total(
                "rtp_packets",
                "RTP packets of legs that are over.",
                ("direction",),
                lambda: {("in",): self._carried.packets_received, ("out",): self._carried.packets_sent},
            ),
            Total(
                "rtp_bytes",
                "RTP bytes of legs that are over.",
                ("direction",),
                lambda: {("in",): self._carried.bytes_received, ("out",): self._carried.bytes_sent},
            ),
            Total(
                "rtp_packets_lost",
                "RTP packets that never arrived.",
                (),
                lambda: {(): self._carried.packets_lost},
            ),
            Total(
                "rtp_packets_dropped",
                "RTP packets that could not be used.",
                (),
                lambda: {(): self._carried.packets_dropped},
            ),
        )


class _Readings(Collector):
    """What others keep, read at the moment of the question."""

    def __init__(
        self, gauges: tuple[Gauge, ...], status: Callable[[], Mapping[str, Any]], totals: tuple[Total, ...]
    ) -> None:
        self._gauges = gauges
        self._status = status
        self._totals = totals

    def describe(self) -> Iterator[Metric]:
        """Nothing: names are known only when the switch is asked."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        for name, value in self._status().items():
            if isinstance(value, int | float):
                unit_spelt_out = re.sub(r"_s$", "_seconds", name)
                yield GaugeMetricFamily(PREFIX + unit_spelt_out, f"{name} of switch.status.", value=value)
        for gauge in self._gauges:
            yield _filled(GaugeMetricFamily(PREFIX + gauge.name, gauge.help, labels=gauge.labels), gauge)
        for total in self._totals:
            yield _filled(CounterMetricFamily(PREFIX + total.name, total.help, labels=total.labels), total)


def _filled(
    family: GaugeMetricFamily | CounterMetricFamily, source: Gauge | Total
) -> GaugeMetricFamily | CounterMetricFamily:
    for labels, value in source.read().items():
        family.add_metric(labels, value)
    return family
