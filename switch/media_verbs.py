"""``call.show``: a call with its legs, and how each of them sounds."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from runtime.clock import Clock
from runtime.models import Answer
from switch.application import Verb
from switch.call import Call, Leg
from switch.call_control.live import live_call
from switch.exchange import Exchange
from switch.roles import EVERYBODY
from switch.verbs import CallParams, CallView, view_of_call

Hold = Literal["phone", "order", "both"]
Side = Literal["customer", "station", "party"]
MediaFacts = Callable[[str], Mapping[str, Any] | None]
"""Takes a leg's id; what it carried so far, None when it has no endpoint or its worker is too busy to say."""


class LegView(Answer):
    """A leg of a call, and how it sounds."""

    leg_id: str
    side: Side
    station: str | None
    codec: str | None
    holds: Hold | None
    """How this end holds the other; null when it does not."""
    muted: bool
    """Whether it is heard by nobody."""
    media: Mapping[str, float | None] | None
    """The fields of `endpoint.closed` as they are now; null when there is no sound yet."""


class ConsultationView(Answer):
    """A consultation about a call."""

    consultation_call_id: str
    """The call in which they talk."""
    by: str
    """The station."""
    target: str
    with_customer: bool
    """Whether the station talks with the customer now, and whom it consults holds."""


class TransferView(Answer):
    """A transfer of a call, while the phone rings that shall get it."""

    by: str
    """The station."""
    target: str


class CallDetails(CallView):
    """A call with its legs, and what is under way with it."""

    consultation: ConsultationView | None
    """Null when nobody is consulted about it."""
    transfer: TransferView | None
    """Null when it is not being transferred."""
    legs: list[LegView]


class MediaVerbs:
    """The exchange's calls beside what the media engine knows of their legs."""

    def __init__(self, exchange: Exchange, facts: MediaFacts, clock: Clock) -> None:
        self._exchange = exchange
        self._facts = facts
        self._clock = clock

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "call.show",
                CallParams,
                self._show,
                "One call with its legs and how they sound.",
                who=EVERYBODY,
                reads=True,
            ),
        )

    def _show(self, params: CallParams) -> CallDetails:
        call = live_call(self._exchange, params.call_id)
        return {
            **view_of_call(call, self._clock.now()),
            "consultation": _consultation(call),
            "transfer": _transfer(call),
            "legs": list(self._legs(call)),
        }

    def _legs(self, call: Call) -> Iterator[LegView]:
        yield self._view(call.customer, "customer", call.caller_station, muted=call.customer.muted)
        for offer in call.offers.values():
            muted = offer.muted or offer.leg.muted
            yield self._view(offer.leg, "party" if offer.is_party else "station", offer.station, muted=muted)

    def _view(self, leg: Leg, side: Side, station: str | None, *, muted: bool) -> LegView:
        return {
            "leg_id": leg.leg_id,
            "side": side,
            "station": station,
            "holds": _holds(leg),
            "muted": muted,
            "codec": leg.agreement.codec.value if leg.agreement else None,
            "media": self._facts(leg.leg_id),
        }


def _holds(leg: Leg) -> Hold | None:
    """How the leg holds whom it talks to: its phone does, it was ordered to, or both."""
    if leg.holds_by_phone:
        return "both" if leg.holds_by_order else "phone"
    return "order" if leg.holds_by_order else None


def _consultation(call: Call) -> ConsultationView | None:
    consultation = call.consultation
    if consultation is None:
        return None
    return {
        "consultation_call_id": consultation.own_call_id,
        "by": consultation.by,
        "target": consultation.target,
        "with_customer": not consultation.attends,
    }


def _transfer(call: Call) -> TransferView | None:
    return {"by": call.transfer.by, "target": call.transfer.target} if call.transfer else None
