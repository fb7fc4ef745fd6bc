from typing import Any

import pytest

from switch.sip.commands import DialStation
from switch.sip.events import StationRegistered, StationUnregistered
from switch.sip.guard.events import RefusalKind, SourceRefused
from switch.sip.hop import Hop
from switch.sip.message import Request, Response
from switch.sip.registrar import Registration
from tests.helpers.sip_messages import PHONE, authorize, make_request
from tests.helpers.sip_rig import LIFETIME_S, PASSWORD, STATION, SipRig

CONTACT = "sip:phone@127.0.0.1:6000"
SHA_256, MD5 = "SHA-256", "MD5"


def ask(cseq: int, *, station: str = STATION, **headers: Any) -> Request:
    """A REGISTER."""
    fields: dict[str, Any] = {"sip_call_id": "register", **headers}
    return make_request(
        "REGISTER",
        uri="sip:127.0.0.1",
        caller=f"<sip:{station}@127.0.0.1>;tag=r",
        called=f"<sip:{station}@127.0.0.1>",
        branch=f"z9hG4bK{fields['sip_call_id']}{cseq}",
        cseq=cseq,
        **fields,
    )


class Phone:
    """A phone that answers challenges."""

    def __init__(
        self, rig: SipRig, *, user: str = STATION, password: str = PASSWORD, algorithm: str = MD5
    ) -> None:
        self.rig = rig
        self.user = user
        self.password = password
        self.algorithm = algorithm
        self.cseq = 0
        self.nonce_count = 0
        self.challenge = ""

    def send(self, hop: Hop = PHONE, **headers: Any) -> Response:
        """One REGISTER, with credentials when it was challenged before."""
        self.cseq += 1
        request = ask(self.cseq, **headers)
        if self.challenge:
            self.nonce_count += 1
            request.headers.set("authorization", self.authorization())
        answer = self.rig.one_response(self.rig.receive(request, hop))
        if answer.status == 401:
            self.nonce_count = 0
            challenges = answer.headers.get_all("www-authenticate")
            (self.challenge,) = [c for c in challenges if f"algorithm={self.algorithm}," in c]
        return answer

    def authorization(self) -> str:
        return authorize(
            self.challenge,
            user=self.user,
            password=self.password,
            method="REGISTER",
            uri="sip:127.0.0.1",
            cnonce="c0ffee",
            count=self.nonce_count,
        )

    def register(self, hop: Hop = PHONE, **headers: Any) -> Response:
        """REGISTER until it is not challenged any more."""
        answer = self.send(hop, **headers)
        return self.send(hop, **headers) if answer.status == 401 else answer


def test_everybody_is_challenged_with_every_algorithm_in_the_configured_order() -> None:
    for order in ([MD5, SHA_256], [SHA_256, MD5], [SHA_256]):
        rig = SipRig(algorithms=order)
        answer = rig.one_response(rig.receive(ask(1)))
        challenges = answer.headers.get_all("www-authenticate")
        assert answer.status == 401
        assert [c.partition("algorithm=")[2].partition(",")[0] for c in challenges] == order


@pytest.mark.parametrize("algorithm", [MD5, SHA_256])
def test_the_right_password_registers(algorithm: str) -> None:
    rig = SipRig(algorithms=[MD5, SHA_256])
    answer = Phone(rig, algorithm=algorithm).register(expires="120")
    assert (answer.status, answer.headers.get("contact")) == (200, f"<{CONTACT}>;expires=120")
    assert rig.events == [
        StationRegistered(station=STATION, contact=CONTACT, peer="udp:127.0.0.1:6000", expires_s=120)
    ]
    assert rig.stack.registrations(rig.now + 20) == [
        Registration(station=STATION, contact=CONTACT, peer="udp:127.0.0.1:6000", expires_s=100)
    ]


def test_an_algorithm_that_is_not_offered_is_challenged_again() -> None:
    rig = SipRig(algorithms=[SHA_256])
    phone = Phone(rig, algorithm=SHA_256)
    phone.send()
    phone.challenge = phone.challenge.replace(SHA_256, MD5)
    assert phone.send().status == 401
    assert rig.events == []


@pytest.mark.parametrize(
    ("user", "station", "kind"),
    [
        (STATION, STATION, RefusalKind.WRONG_PASSWORD),
        ("1999", "1999", RefusalKind.UNKNOWN_STATION),
        ("1999", STATION, RefusalKind.WRONG_PASSWORD),
    ],
)
def test_a_wrong_password_is_refused_and_reported_and_unknown_stations_look_the_same(
    user: str, station: str, kind: RefusalKind
) -> None:
    rig = SipRig()
    phone = Phone(rig, user=user, password="guess")
    answer = phone.register(station=station)
    assert (answer.status, answer.headers.get("www-authenticate")) == (403, None)
    (event,) = rig.events
    assert event == SourceRefused(
        kind=kind,
        source="127.0.0.1",
        peer="udp:127.0.0.1:6000",
        detail="",
        station=station,
        status=403,
        count=1,
    )
    assert rig.stack.registrations(rig.now) == []


def test_credentials_of_one_station_do_not_register_another() -> None:
    rig = SipRig()
    assert Phone(rig, user=STATION).register(station="1002").status == 403


def test_the_same_challenge_serves_for_refreshes_while_it_is_fresh() -> None:
    rig = SipRig(nonce_lifetime_s=300)
    phone = Phone(rig)
    phone.register()
    assert [phone.send().status for _ in range(3)] == [200, 200, 200]
    rig.pass_time(301)
    stale = phone.send()
    assert stale.status == 401
    assert "stale=true" in (stale.headers.get("www-authenticate") or "")
    assert phone.send().status == 200


def test_a_replayed_proof_is_challenged_again() -> None:
    rig = SipRig()
    phone = Phone(rig)
    phone.register()
    phone.nonce_count -= 1
    assert phone.send().status == 401


@pytest.mark.parametrize(
    ("headers", "granted"),
    [
        ({}, 600),
        ({"expires": "120"}, 120),
        ({"expires": "99999"}, 3600),
        ({"expires": "60", "contact": f"<{CONTACT}>;expires=90"}, 90),
        ({"expires": "soon"}, 600),
        ({"expires": "99999999999999999999"}, 3600),
    ],
)
def test_a_registration_lasts_as_asked_within_limits(headers: dict[str, Any], granted: int) -> None:
    rig = SipRig()
    assert Phone(rig).register(**headers).headers.get("contact") == f"<{CONTACT}>;expires={granted}"


def test_too_short_a_time_is_refused_with_the_shortest() -> None:
    rig = SipRig()
    answer = Phone(rig).register(expires="29")
    assert (answer.status, answer.headers.get("min-expires")) == (423, "30")
    assert rig.events == []


def test_a_registration_that_is_not_refreshed_expires() -> None:
    rig = SipRig()
    Phone(rig).register(expires="60")
    rig.pass_time(59.9)
    assert len(rig.stack.registrations(rig.now)) == 1
    rig.pass_time(0.2)
    assert rig.events[-1] == StationUnregistered(station=STATION, reason="expired")
    assert rig.stack.registrations(rig.now) == []


def test_a_refresh_moves_the_expiry() -> None:
    rig = SipRig()
    phone = Phone(rig)
    phone.register(expires="60")
    rig.pass_time(50)
    phone.send(expires="60")
    rig.pass_time(50)
    assert rig.reported(StationUnregistered) == []


def test_without_contact_a_register_only_asks() -> None:
    rig = SipRig()
    phone = Phone(rig)
    phone.register()
    answer = phone.send(contact="")
    assert (answer.status, answer.headers.get("contact")) == (200, f"<{CONTACT}>;expires=600")
    assert len(rig.events) == 1


def test_expires_0_removes_one_contact_and_the_last_one_is_reported() -> None:
    rig = SipRig()
    phone = Phone(rig)
    phone.register(contact=f"<{CONTACT}>, <sip:second@127.0.0.1:6000>")
    phone.send(contact=f"<{CONTACT}>;expires=0")
    assert [r.contact for r in rig.stack.registrations(rig.now)] == ["sip:second@127.0.0.1:6000"]
    assert rig.reported(StationUnregistered) == []
    phone.send(contact="<sip:second@127.0.0.1:6000>", expires="0")
    assert rig.events[-1] == StationUnregistered(station=STATION, reason="removed")


def test_star_removes_all_contacts_and_only_with_expires_0() -> None:
    rig = SipRig()
    phone = Phone(rig)
    phone.register(contact=f"<{CONTACT}>, <sip:second@127.0.0.1:6000>")
    assert phone.send(contact="*").status == 400
    assert phone.send(contact="*", expires="5").status == 400
    assert len(rig.stack.registrations(rig.now)) == 2
    answer = phone.send(contact="*", expires="0")
    assert (answer.status, answer.headers.get("contact")) == (200, None)
    assert rig.reported(StationUnregistered) == [StationUnregistered(station=STATION, reason="removed")]


def test_removing_what_is_not_there_reports_nothing() -> None:
    rig = SipRig()
    assert Phone(rig).register(expires="0").status == 200
    assert rig.events == []


def test_a_register_that_comes_late_in_its_series_changes_nothing() -> None:
    rig = SipRig()
    phone = Phone(rig)
    phone.register()
    rig.pass_time(LIFETIME_S)
    phone.cseq = 1
    assert phone.send(expires="0").status == 500
    assert len(rig.stack.registrations(rig.now)) == 1


def test_a_phone_that_started_anew_may_count_from_one() -> None:
    rig = SipRig()
    Phone(rig).register()
    fresh = Phone(rig)
    assert fresh.register(sip_call_id="another", expires="90").status == 200
    assert [r.expires_s for r in rig.stack.registrations(rig.now)] == [90]


def test_beyond_the_limit_the_oldest_contact_gives_way() -> None:
    rig = SipRig(bindings_per_station=2)
    phone = Phone(rig)
    for name in ("one", "two", "three"):
        phone.register(contact=f"<sip:{name}@127.0.0.1:6000>")
    contacts = [r.contact for r in rig.stack.registrations(rig.now)]
    assert contacts == ["sip:two@127.0.0.1:6000", "sip:three@127.0.0.1:6000"]


def test_every_contact_of_a_station_is_dialled() -> None:
    rig = SipRig()
    phone = Phone(rig)
    for name in ("one", "two", "one"):
        phone.register(contact=f"<sip:{name}@127.0.0.1:6000>")
    command = DialStation(leg_id="leg", station=STATION, caller_number="1", caller_name="", sdp="v=0")
    uris = [message.uri for message in rig.order(command) if isinstance(message, Request)]
    assert sorted(uris) == ["sip:one@127.0.0.1:6000", "sip:two@127.0.0.1:6000"]


def test_an_unreadable_contact_registers_nothing() -> None:
    rig = SipRig()
    assert Phone(rig).register(contact="<sip:fine@127.0.0.1>, <sip:").status == 400
    assert rig.stack.registrations(rig.now) == []


def test_registering_leaves_no_transaction() -> None:
    rig = SipRig()
    Phone(rig).register()
    rig.pass_time(LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)
