from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from switch.sip.commands import AwaitRefresh, DialStation, RemoveRegistrations
from switch.sip.events import StationRefreshed, StationRegistered, StationUnregistered
from switch.sip.guard.events import RefusalKind, SourceRefused
from switch.sip.hop import Hop
from switch.sip.messages.message import Request, Response
from switch.sip.registration.bindings import Binding
from switch.sip.registration.registrations import Registration
from switch.sip.transport.reports import ConnectionClosed
from tests.helpers.sip_messages import PHONE, authorize, make_request
from tests.helpers.sip_rig import LIFETIME_S, PASSWORD, STATION, SipRig

CONTACT = "sip:phone@127.0.0.1:6000"
SHA_256, MD5, SHA_512_256 = "SHA-256", "MD5", "SHA-512-256"


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
        self.uri = "sip:127.0.0.1"
        """What the proof says that it asked for."""

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
            uri=self.uri,
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


def test_a_challenge_keeps_nothing_in_mind_and_is_given_anew_to_a_repetition() -> None:
    rig = SipRig()
    challenges = [rig.one_response(rig.receive(ask(1))).headers.get("www-authenticate") for _ in range(3)]
    assert rig.stack.open_transactions == 0
    assert len(set(challenges)) == 3


@pytest.mark.parametrize("algorithm", [MD5, SHA_256, SHA_512_256])
def test_the_right_password_registers(algorithm: str) -> None:
    rig = SipRig(algorithms=[MD5, SHA_256, SHA_512_256])
    answer = Phone(rig, algorithm=algorithm).register(expires="120")
    assert (answer.status, answer.headers.get("contact")) == (200, f"<{CONTACT}>;expires=120")
    assert rig.events == [
        StationRegistered(station=STATION, contact=CONTACT, peer="udp:127.0.0.1:6000", expires_s=120)
    ]
    assert rig.stack.registrations(rig.now + 20) == [
        Registration(station=STATION, contact=CONTACT, peer="udp:127.0.0.1:6000", expires_s=100, since_s=20)
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


@pytest.mark.parametrize(
    "uri", ["sip:127.0.0.1", "sip:127.0.0.1:5060", "sips:127.0.0.1", "sip:127.0.0.1;transport=udp"]
)
def test_a_proof_may_write_the_same_address_another_way(uri: str) -> None:
    phone = Phone(SipRig())
    phone.uri = uri
    assert phone.register().status == 200


@pytest.mark.parametrize("uri", ["sip:127.0.0.2", "sip:1001@127.0.0.1", "/", ""])
def test_a_proof_for_another_address_is_no_proof(uri: str) -> None:
    rig = SipRig()
    phone = Phone(rig)
    phone.uri = uri
    assert phone.register().status == 400
    assert rig.stack.registrations(rig.now) == []


def test_behind_a_proxy_that_rewrites_addresses_the_proofs_need_not_fit() -> None:
    phone = Phone(SipRig(check_digest_uri=False))
    phone.uri = "sip:elsewhere.example"
    assert phone.register().status == 200


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


def test_a_mere_refresh_is_counted_and_kept_but_no_news() -> None:
    rig = SipRig()
    phone = Phone(rig)
    phone.register(expires="60")
    rig.pass_time(1)
    rig.kept.clear()
    phone.send(expires="60")
    rig.pass_time(1)
    assert len(rig.reported(StationRegistered)) == 1
    assert rig.stack.counters.registrations_refreshed == 1
    (kept,) = rig.kept.values()
    assert kept is not None
    assert kept.expires_at == 1061.0


def test_a_refresh_that_is_waited_for_is_told_once() -> None:
    rig = SipRig()
    phone = Phone(rig)
    rig.order(AwaitRefresh(station=STATION))
    phone.register()
    phone.send()
    assert rig.reported(StationRefreshed) == [], "who is not registered is waited for by StationRegistered"
    rig.order(AwaitRefresh(station=STATION))
    phone.send()
    phone.send()
    assert rig.reported(StationRefreshed) == [StationRefreshed(station=STATION)]


def test_a_phone_that_comes_from_another_port_is_news() -> None:
    rig = SipRig()
    phone = Phone(rig)
    phone.register()
    phone.send(Hop("udp", "127.0.0.1", 6001))
    assert [event.peer for event in rig.reported(StationRegistered)] == [
        "udp:127.0.0.1:6000",
        "udp:127.0.0.1:6001",
    ]
    assert len(rig.stack.registrations(rig.now)) == 1


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


def test_the_same_address_written_another_way_is_the_same_contact() -> None:
    rig = SipRig()
    phone = Phone(rig)
    phone.register(contact="<sip:phone@Phone.example:6000;ob>")
    phone.send(contact="<sip:phone@phone.EXAMPLE:6000>")
    assert [r.contact for r in rig.stack.registrations(rig.now)] == ["sip:phone@phone.EXAMPLE:6000"]


def test_one_address_twice_in_a_request_is_one_contact() -> None:
    rig = SipRig()
    Phone(rig).register(contact=f"<{CONTACT}>;q=0.5, <{CONTACT}>;q=0.7")
    assert [r.q for r in rig.stack.registrations(rig.now)] == [0.7]
    rig.pass_time(601)
    assert rig.stack.registrations(rig.now) == []


def test_more_contacts_than_are_kept_register_none() -> None:
    rig = SipRig(bindings_per_station=2)
    contacts = ", ".join(f"<sip:{n}@127.0.0.1:6000>" for n in range(3))
    assert Phone(rig).register(contact=contacts).status == 400
    assert rig.stack.registrations(rig.now) == []


def test_stations_are_called_at_the_most_preferred_contact_first_and_then_at_the_newest() -> None:
    rig = SipRig()
    phone = Phone(rig)
    for name, q in (("low", "0.2"), ("old", "0.8"), ("new", "0.8"), ("odd", "many")):
        phone.register(contact=f"<sip:{name}@127.0.0.1:6000>;q={q}")
    found = [address.uri.split("@")[0] for address in rig.stack.registrar.contacts(STATION)]
    assert found == ["sip:odd", "sip:new", "sip:old", "sip:low"]


def test_what_is_said_of_a_contact_is_said_back() -> None:
    answer = Phone(SipRig()).register(contact=f'<{CONTACT}>;q=0.5;+sip.instance="<urn:uuid:1>"', expires="90")
    assert answer.headers.get("contact") == f'<{CONTACT}>;q=0.5;+sip.instance="<urn:uuid:1>";expires=90'


PROXY = "<sip:edge.example;lr>"


def test_the_way_through_proxies_is_kept_and_repeated() -> None:
    rig = SipRig()
    answer = Phone(rig).register(supported="path", path=[PROXY, "<sip:inner.example;lr>"])
    assert (answer.status, answer.headers.get_all("path")) == (200, [PROXY, "<sip:inner.example;lr>"])
    rig.pass_time(1)
    assert [b.path for b in rig.kept.values() if b] == [(PROXY, "<sip:inner.example;lr>")]


def test_a_phone_that_does_not_know_of_paths_is_refused_or_not_as_configured() -> None:
    strict = Phone(SipRig()).register(path=PROXY)
    assert (strict.status, strict.headers.get("unsupported")) == (420, "path")
    lenient = Phone(SipRig(path="lenient")).register(path=PROXY)
    assert (lenient.status, lenient.headers.get("path")) == (200, None)


def test_an_unreadable_path_registers_nothing() -> None:
    rig = SipRig()
    assert Phone(rig).register(supported="path", path="<sip:").status == 400
    assert rig.stack.registrations(rig.now) == []


CONNECTION = Hop("tcp", "127.0.0.1", 40_000)


def flow(reg_id: int, instance: str = "<urn:uuid:1>") -> str:
    return f'<{CONTACT}>;+sip.instance="{instance}";reg-id={reg_id}'


def test_flows_of_one_phone_live_side_by_side_and_each_replaces_its_own() -> None:
    rig = SipRig()
    phone = Phone(rig)
    other = CONNECTION._replace(port=40_001)
    phone.register(CONNECTION, contact=flow(1), supported="outbound")
    phone.send(other, contact=flow(2), supported="outbound")
    phone.send(CONNECTION._replace(port=40_002), contact=flow(1), supported="outbound")
    assert [r.peer for r in rig.stack.registrations(rig.now)] == [
        "tcp:127.0.0.1:40001",
        "tcp:127.0.0.1:40002",
    ]


def test_over_a_connection_flows_are_promised_and_over_udp_they_are_not() -> None:
    answer = Phone(SipRig(flow_timer_s=90)).register(CONNECTION, contact=flow(1), supported="outbound")
    assert (answer.headers.get("require"), answer.headers.get("flow-timer")) == ("outbound", "90")
    answer = Phone(SipRig()).register(contact=flow(1), supported="outbound")
    assert (answer.status, answer.headers.get("require")) == (200, None)


def test_without_outbound_support_a_reg_id_means_nothing() -> None:
    rig = SipRig()
    phone = Phone(rig)
    phone.register(contact=flow(1))
    phone.send(contact=flow(2))
    assert len(rig.stack.registrations(rig.now)) == 1


def test_two_flows_in_one_request_are_refused() -> None:
    rig = SipRig()
    answer = Phone(rig).register(CONNECTION, contact=f"{flow(1)}, {flow(2)}", supported="outbound")
    assert answer.status == 400
    assert rig.stack.registrations(rig.now) == []


@pytest.mark.parametrize(("path", "status"), [("", 439), (PROXY, 439), ("<sip:edge.example;lr;ob>", 200)])
def test_behind_a_proxy_a_flow_needs_a_proxy_that_keeps_it(path: str, status: int) -> None:
    vias = ["SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKproxy{}", "SIP/2.0/UDP 192.0.2.8;branch=z9hG4bKphone"]
    phone = Phone(SipRig())
    phone.send()
    answer = phone.send(
        via=[v.format(status) for v in vias], contact=flow(1), supported="outbound, path", path=path
    )
    assert answer.status == status


def test_what_was_reached_over_a_connection_is_gone_with_it() -> None:
    rig = SipRig()
    phone = Phone(rig)
    phone.register(CONNECTION)
    phone.register(contact="<sip:second@127.0.0.1:6000>")
    events = rig.stack.registrar.connection_closed(CONNECTION, rig.now)
    assert (events, len(rig.stack.registrations(rig.now))) == ([], 1)
    assert rig.stack.registrar.connection_closed(CONNECTION, rig.now) == []


def test_a_station_loses_its_last_contact_with_the_connection() -> None:
    rig = SipRig()
    Phone(rig).register(CONNECTION)
    events = rig.stack.routes()[ConnectionClosed](ConnectionClosed(CONNECTION), rig.now)
    assert events == [StationUnregistered(station=STATION, reason="connection closed")]


def test_contacts_can_be_cleared_all_or_one() -> None:
    rig = SipRig()
    phone = Phone(rig)
    phone.register(contact=f"<{CONTACT}>, <sip:second@127.0.0.1:6000>")
    rig.order(RemoveRegistrations(station=STATION, contact=CONTACT))
    assert rig.reported(StationUnregistered) == []
    rig.order(RemoveRegistrations(station=STATION))
    assert rig.events[-1] == StationUnregistered(station=STATION, reason="cleared")
    rig.order(RemoveRegistrations(station="nobody"))


def test_contacts_of_the_last_run_are_taken_up_if_they_can_be_reached() -> None:
    rig, now = SipRig(), 1000.0
    good = Binding(STATION, CONTACT, PHONE, "c", 1, now + 60, now - 600)
    expired = good._replace(contact_address="sip:expired@127.0.0.1", expires_at=now)
    closed = good._replace(contact_address="sip:closed@127.0.0.1", hop=CONNECTION)
    stranger = good._replace(station="1999")
    events = rig.stack.registrar.restore([good, expired, closed, stranger], now)
    assert [(e.contact, e.expires_s, e.restored) for e in events if isinstance(e, StationRegistered)] == [
        (CONTACT, 60, True)
    ]
    rig.pass_time(1)
    assert rig.kept == {expired.key: None, closed.key: None, stranger.key: None}
    rig.pass_time(60)
    assert rig.events[-1] == StationUnregistered(station=STATION, reason="expired")


def test_a_restored_contact_is_refreshed_by_the_same_series() -> None:
    rig = SipRig()
    rig.stack.registrar.restore([Binding(STATION, CONTACT, PHONE, "register", 7, 1060.0, 900.0)], rig.now)
    phone = Phone(rig)
    phone.cseq = 5
    assert phone.register().status == 500
    assert phone.send().status == 200
    assert [r.since_s for r in rig.stack.registrations(rig.now)] == [100]


class RegisteringPhones(RuleBasedStateMachine):
    """Random registrations of three contacts against a plain model of them."""

    def __init__(self) -> None:
        super().__init__()
        self.rig = SipRig(bindings_per_station=3, nonce_lifetime_s=100_000)
        self.phone = Phone(self.rig)
        self.expected: dict[str, float] = {}

    @rule(name=st.sampled_from("abc"), expires=st.sampled_from([30, 45, 600]))
    def registers(self, name: str, expires: int) -> None:
        assert self.phone.register(contact=f"<sip:{name}@127.0.0.1>", expires=str(expires)).status == 200
        self.expected[name] = self.rig.now + expires

    @rule(name=st.sampled_from("abc"))
    def leaves(self, name: str) -> None:
        assert self.phone.register(contact=f"<sip:{name}@127.0.0.1>", expires="0").status == 200
        self.expected.pop(name, None)

    @rule()
    def all_leave(self) -> None:
        assert self.phone.register(contact="*", expires="0").status == 200
        self.expected.clear()

    @rule(seconds=st.sampled_from([1, 20, 40]))
    def time_passes(self, seconds: int) -> None:
        self.rig.pass_time(seconds)
        self.expected = {name: at for name, at in self.expected.items() if at > self.rig.now}

    @invariant()
    def only_what_was_registered_is_there(self) -> None:
        found = {r.contact[4]: r.expires_s for r in self.rig.stack.registrations(self.rig.now)}
        assert found == {name: round(at - self.rig.now) for name, at in self.expected.items()}

    @invariant()
    def the_last_event_says_whether_anybody_is_there(self) -> None:
        if self.rig.events:
            assert isinstance(self.rig.events[-1], StationRegistered) == bool(self.expected)

    @invariant()
    def the_disk_is_told_the_same(self) -> None:
        self.rig.pass_time(0.5)
        self.expected = {name: at for name, at in self.expected.items() if at > self.rig.now}
        told = (binding for binding in self.rig.kept.values() if binding is not None)
        kept = {b.contact_address[4]: b.expires_at for b in told if b.expires_at > self.rig.now}
        assert kept == self.expected


TestRegisteringPhones = RegisteringPhones.TestCase
TestRegisteringPhones.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
