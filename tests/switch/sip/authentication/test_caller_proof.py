import pytest

from switch.sip.events import LegArrived
from switch.sip.guard.commands import TRUNKS, TrustSources
from switch.sip.guard.events import RefusalKind, SourceRefused
from switch.sip.hop import Hop
from switch.sip.messages.message import Request, Response
from tests.helpers.sip_messages import SDP, authorized, make_request
from tests.helpers.sip_rig import LIFETIME_S, PASSWORD, STATION, SipRig, statuses

FROM_STATION = f"<sip:{STATION}@anywhere.example>;tag=caller"


def invite(caller: str = FROM_STATION) -> Request:
    return make_request("INVITE", caller=caller, body=SDP)


def proved(rig: SipRig, request: Request, *, user: str = STATION, password: str = PASSWORD) -> list[int]:
    """Ask, take the challenge, ask again with credentials; the statuses of the second answer."""
    challenge = rig.one_response(rig.receive(request))
    assert challenge.status == 401
    return statuses(rig.hear_out(authorized(request, challenge, user=user, password=password)))


def test_a_call_in_a_stations_name_is_challenged_and_known_once_it_is_proved() -> None:
    rig = SipRig()
    assert proved(rig, invite()) == [100]
    (arrived,) = rig.reported(LegArrived)
    assert (arrived.station, arrived.caller_number) == (STATION, STATION)


def test_strangers_are_not_asked_and_are_nobodys_station() -> None:
    rig = SipRig()
    assert statuses(rig.hear_out(invite("<sip:13800138000@anywhere.example>;tag=caller"))) == [100]
    assert rig.events[0].station is None


@pytest.mark.parametrize("caller", [f"<tel:{STATION}>;tag=t", f'"老板" <sips:{STATION}@x>;tag=t'])
def test_no_spelling_of_a_stations_name_goes_unproved(caller: str) -> None:
    rig = SipRig()
    assert statuses(rig.receive(invite(caller))) == [401]
    assert rig.events == []


@pytest.mark.parametrize(("user", "password"), [(STATION, "guess"), ("1999", PASSWORD)])
def test_a_wrong_proof_is_refused_and_told(user: str, password: str) -> None:
    rig = SipRig()
    assert proved(rig, invite(), user=user, password=password) == [403]
    (event,) = rig.events
    assert isinstance(event, SourceRefused)
    assert (event.kind, event.station, event.status) == (RefusalKind.WRONG_PASSWORD, STATION, 403)


def test_the_proof_of_another_request_proves_nothing() -> None:
    rig = SipRig()
    request = make_request("REGISTER", uri="sip:127.0.0.1", caller=FROM_STATION, called=f"<sip:{STATION}@h>")
    challenge = rig.one_response(rig.receive(request))
    stolen = (
        authorized(request, challenge, user=STATION, password=PASSWORD).headers.get("authorization") or ""
    )
    call = make_request("INVITE", uri="sip:127.0.0.1", caller=FROM_STATION, body=SDP, authorization=stolen)
    assert statuses(rig.receive(call)) == [403]


def test_where_calls_need_no_proof_a_station_stays_a_stranger() -> None:
    rig = SipRig(authenticate_calls=False)
    assert statuses(rig.hear_out(invite())) == [100]
    assert rig.events[0].station is None


def test_inside_its_dialog_a_station_is_not_asked_again() -> None:
    rig = SipRig()
    proved(rig, invite())
    bye = make_request("BYE", caller=FROM_STATION, called="<sip:95598@switch>;tag=x", branch="z9hG4bKbye")
    assert statuses(rig.receive(bye)) == [481]


def test_a_challenge_leaves_nothing_behind() -> None:
    rig = SipRig()
    answer = rig.one_response(rig.receive(invite()))
    assert isinstance(answer, Response)
    assert (answer.headers.get("www-authenticate") or "").startswith("Digest ")
    rig.pass_time(LIFETIME_S + 10)
    assert rig.leftovers() == (0, 0, 0)


def test_a_trunk_may_call_from_a_number_that_a_station_has_too_and_is_not_taken_for_it() -> None:
    rig = SipRig()
    carrier = Hop("udp", "198.51.100.1", 5060)
    rig.order(TrustSources(owner=TRUNKS, sources=("198.51.100.0/24",)))
    call = make_request("INVITE", caller=FROM_STATION, body=SDP, hop=carrier)
    assert statuses(rig.hear_out(call, carrier)) == [100]
    (arrived,) = rig.reported(LegArrived)
    assert (arrived.station, arrived.caller_number) == (None, STATION)


def test_a_phone_that_is_registered_through_a_trunks_address_is_asked_for_its_password() -> None:
    rig = SipRig()
    border = Hop("udp", "198.51.100.1", 5060)
    rig.order(TrustSources(owner=TRUNKS, sources=(border.host,)))
    assert rig.register(border).status == 200
    call = make_request("INVITE", caller=FROM_STATION, body=SDP, hop=border)
    assert statuses(rig.receive(call, border)) == [401]


def test_who_is_only_allowed_by_the_guard_is_no_trunk() -> None:
    rig = SipRig(guard={"allow": ["0.0.0.0/0"]})
    rig.order(TrustSources(owner="others", sources=("127.0.0.1",)))
    assert statuses(rig.receive(invite())) == [401]


def test_a_station_that_is_bound_to_networks_is_nowhere_else_whatever_password_it_has() -> None:
    rig = SipRig(networks=["10.1.0.0/16", "2001:db8::/64"])
    inside, elsewhere = Hop("udp", "10.1.2.3", 5060), Hop("udp", "10.2.2.3", 5060)
    assert rig.register(inside).status == 200
    assert rig.register(elsewhere).status == 403
    call = make_request("INVITE", caller=FROM_STATION, body=SDP, hop=elsewhere)
    challenge = rig.one_response(rig.receive(call, elsewhere))
    assert statuses(rig.receive(authorized(call, challenge, user=STATION, password=PASSWORD), elsewhere)) == [
        403
    ]
    refused = rig.reported(SourceRefused)
    assert {(event.kind, event.station) for event in refused} == {(RefusalKind.WRONG_PLACE, STATION)}
    assert [found.peer for found in rig.stack.registrations(rig.now)] == [str(inside)]
