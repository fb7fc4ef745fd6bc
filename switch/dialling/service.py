"""Dialling as an application of the exchange."""

from collections.abc import Callable, Mapping

from runtime.driver import of_own
from runtime.ids import Ids
from switch.application import Application, Gauge
from switch.dial_plan import NUMBER_SCHEME, STATION_SCHEME
from switch.dialling.config import DiallingConfig
from switch.dialling.dialling import Dialling
from switch.events import (
    CallArrived,
    CallConnected,
    CallDueBack,
    CallEnded,
    CallHandedOff,
    OfferAccepted,
    OfferEnded,
    OfferRinging,
)


def build(
    config: DiallingConfig,
    ways_out: Mapping[str, str],
    ids: Ids,
    *,
    knows_station: Callable[[str], bool],
    has_route: Callable[[str], bool],
) -> Application:
    """The application that takes targets ``station:<name>`` and ``number:<digits>``.

    ``ways_out`` as in ``Dialling``; ``has_route`` tells whether trunks carry calls to an outside number.
    """
    core = Dialling(config, ways_out, ids)
    return Application(
        scheme=STATION_SCHEME,
        knows=knows_station,
        more_schemes={NUMBER_SCHEME: has_route},
        cores=(core,),
        routes={
            CallArrived: core.call_arrived,
            CallHandedOff: core.call_handed_off,
            CallConnected: of_own(core.calls, core.call_connected),
            CallDueBack: core.call_due_back,
            CallEnded: of_own(core.calls, core.call_ended),
            OfferRinging: of_own(core.calls, core.offer_ringing),
            OfferAccepted: of_own(core.calls, core.offer_accepted),
            OfferEnded: of_own(core.calls, core.offer_ended),
        },
        gauges=(Gauge("dialled_calls", "Calls that are at one phone.", (), lambda: {(): core.open_calls}),),
    )
