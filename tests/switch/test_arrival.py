"""Who may dial what, and what is settled about a call before the exchange takes it."""

from runtime.ids import SeededIds
from runtime.tenancy import HOUSE
from switch.arrival import Admitted, TurnedAway
from switch.causes import Cause
from switch.config import AccessCodeConfig
from switch.events import CallArrived, CallRefused
from switch.exchange import Exchange
from switch.sip.commands import HangUpLeg
from switch.trunks.events import TrunkFull
from tests.helpers.exchange_rig import ExchangeRig


def test_who_calls_from_a_station_may_dial_stations_and_outside_numbers() -> None:
    targets = {"flow:hotline", "station:1002", "number:01012345678", "number:1002"}
    codes = [AccessCodeConfig(number="95598", target="flow:hotline", record=False)]
    rig = ExchangeRig(exchange=Exchange(codes, SeededIds(), targets.__contains__))
    for number, target in (
        ("95598", "flow:hotline"),
        ("1002", "station:1002"),
        ("01012345678", "number:01012345678"),
    ):
        assert rig.arrive(f"to-{number}", called=number, station="1001")
        assert rig.last(CallArrived).target == target
        assert rig.last(CallArrived).access_code == (number if number == "95598" else "")
    assert rig.arrive("to-nobody", called="999", station="1001") == ""


def test_strangers_may_dial_access_codes_only() -> None:
    targets = {"flow:hotline", "station:1002", "number:01012345678"}
    codes = [AccessCodeConfig(number="95598", target="flow:hotline")]
    rig = ExchangeRig(exchange=Exchange(codes, SeededIds(), targets.__contains__))
    assert rig.arrive("stranger", called="1002") == ""
    assert rig.last(CallRefused).cause is Cause.UNALLOCATED_NUMBER


def test_a_call_comes_in_as_its_admission_says() -> None:
    codes = [AccessCodeConfig(number="95598", target="flow:hotline")]
    admitted = Admitted("95598", "13900139000", "张三", trunk="telecom", area="柳州")
    rig = ExchangeRig(
        exchange=Exchange(
            codes, SeededIds(), {"flow:hotline"}.__contains__, admit=lambda event, now: admitted
        )
    )
    rig.arrive(called="077295598")
    arrived = rig.last(CallArrived)
    assert (arrived.called_number, arrived.access_code) == ("95598", "95598")
    assert (arrived.caller_number, arrived.caller_name) == ("13900139000", "张三")
    assert (arrived.trunk, arrived.area) == ("telecom", "柳州")


def test_a_call_that_is_not_admitted_is_turned_away_with_what_is_to_be_told() -> None:
    codes = [AccessCodeConfig(number="95598", target="flow:hotline")]
    full = TrunkFull(trunk="telecom", direction="in", limit="channels", tenant=HOUSE)
    away = TurnedAway(Cause.NORMAL_CIRCUIT_CONGESTION, 5, (full,))
    exchange = Exchange(codes, SeededIds(), {"flow:hotline"}.__contains__, admit=lambda event, now: away)
    rig = ExchangeRig(exchange=exchange)
    assert rig.arrive() == ""
    hang_up = rig.last(HangUpLeg)
    assert (hang_up.cause, hang_up.retry_after_s) == (Cause.NORMAL_CIRCUIT_CONGESTION, 5)
    assert rig.last(TrunkFull) == full
    rig.assert_idle()
