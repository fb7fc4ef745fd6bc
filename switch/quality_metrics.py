"""How legs sounded that are over: histograms of what we heard of the peers, and of what they heard of us."""

from prometheus_client import CollectorRegistry, Histogram

from media.events import EndpointClosed

_JITTER_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16)
_LOSS_BUCKETS = (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
_MOS_BUCKETS = (1.5, 2.0, 2.5, 2.8, 3.1, 3.4, 3.6, 3.8, 4.0, 4.2, 4.4)
_ROUND_TRIP_BUCKETS_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)


class QualityMetrics:
    """Fed with each leg that ends; what a leg does not know it does not count for."""

    def __init__(self, registry: CollectorRegistry, prefix: str) -> None:
        def histogram(name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
            return Histogram(prefix + name, text, labels, buckets=buckets, registry=registry)

        self._jitter = histogram(
            "rtp_jitter_seconds",
            "Interarrival jitter of a leg at its end (RFC 3550 §6.4.1).",
            _JITTER_BUCKETS_S,
        )
        self._round_trip = histogram(
            "rtp_round_trip_seconds",
            "Time to the peer and back, by its last report (RTCP).",
            _ROUND_TRIP_BUCKETS_S,
        )
        self._mos_lowest = histogram(
            "rtp_mos_lowest", "Estimated opinion score of a leg's worst second.", _MOS_BUCKETS
        )
        loss = histogram(
            "rtp_loss_ratio", "Share of a leg's packets that never arrived.", _LOSS_BUCKETS, "direction"
        )
        mos = histogram(
            "rtp_mos", "Estimated opinion score of a leg, 1 to 4.41 (G.107).", _MOS_BUCKETS, "direction"
        )
        self._loss_in, self._loss_out = loss.labels("in"), loss.labels("out")
        self._mos_in, self._mos_out = mos.labels("in"), mos.labels("out")

    def observe(self, leg: EndpointClosed) -> None:
        if leg.packets_received:
            self._jitter.observe(leg.jitter_ms / 1000)
            self._loss_in.observe(leg.packets_lost / (leg.packets_lost + leg.packets_received))
        if leg.remote_packets_lost is not None and leg.packets_sent:
            self._loss_out.observe(min(1.0, leg.remote_packets_lost / leg.packets_sent))
        if leg.mos is not None:
            self._mos_in.observe(leg.mos)
        if leg.remote_mos is not None:
            self._mos_out.observe(leg.remote_mos)
        if leg.mos_lowest is not None:
            self._mos_lowest.observe(leg.mos_lowest)
        if leg.round_trip_ms is not None:
            self._round_trip.observe(leg.round_trip_ms / 1000)
