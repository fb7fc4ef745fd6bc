"""Which phones are offered an IPv6 address for their voice."""

import pytest

from media.commands import OpenEndpoint
from runtime.ids import SeededIds
from switch.commands import AnswerCall, ConnectCall, DialNumber, OfferCall
from switch.config import AccessCodeConfig
from switch.exchange import Exchange
from switch.families import Families
from switch.sip.events import LegTransferRequested
from switch.sip.hop import Hop
from tests.helpers.exchange_rig import OUTSIDE_NUMBER, TARGETS, ExchangeRig

OLD, NEW = Hop("udp", "192.0.2.7", 5060), Hop("udp", "2001:db8::7", 5060)


@pytest.mark.parametrize(
    ("hops", "is_ipv6"), [([], False), ([OLD], False), ([NEW], True), ([NEW, NEW], True), ([OLD, NEW], False)]
)
def test_only_who_is_reached_by_ipv6_alone_is_offered_it(hops: list[Hop], is_ipv6: bool) -> None:
    assert Families(lambda station: hops).is_ipv6("1001", outside=False) is is_ipv6
    assert Families(of_number=lambda number: hops).is_ipv6("010", outside=True) is is_ipv6
    assert not Families(lambda station: hops).is_ipv6("010", outside=True)


def test_phones_are_rung_with_an_address_of_their_kind_within_and_outside() -> None:
    families = Families(lambda station: [NEW] if station == "1001" else [OLD], lambda number: [NEW])
    codes = [AccessCodeConfig(number="95598", target="flow:hotline")]
    rig = ExchangeRig(exchange=Exchange(codes, SeededIds(), TARGETS.__contains__, families=families))
    call_id = rig.arrive()
    rig.feed(
        AnswerCall(call_id=call_id),
        OfferCall(call_id=call_id, offer_id="o1", station="1001"),
        OfferCall(call_id=call_id, offer_id="o2", station="1002"),
        DialNumber(call_id=call_id, offer_id="o3", number=OUTSIDE_NUMBER),
    )
    assert [command.ipv6 for command in rig.all(OpenEndpoint)] == [False, True, False, True]


def test_a_phone_a_call_is_transferred_to_is_rung_alike() -> None:
    families = Families(lambda station: [NEW] if station == "1002" else [OLD])
    codes = [AccessCodeConfig(number="95598", target="flow:hotline")]
    rig = ExchangeRig(exchange=Exchange(codes, SeededIds(), TARGETS.__contains__, families=families))
    call_id = rig.arrive()
    rig.feed(AnswerCall(call_id=call_id), OfferCall(call_id=call_id, offer_id="o1", station="1001"))
    agent = rig.answer_station()
    rig.feed(
        ConnectCall(call_id=call_id, offer_id="o1"),
        LegTransferRequested(
            leg_id=agent,
            transfer_id="transfer",
            target_number="1002",
            target_uri="sip:1002@switch",
            replaces_leg_id=None,
            referred_by="",
        ),
    )
    assert rig.last(OpenEndpoint).ipv6
