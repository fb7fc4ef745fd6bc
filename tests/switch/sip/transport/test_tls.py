"""TLS over loopback, with certificates made for the test."""

import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runtime.errors import UsageError
from sipp_scenarios.runner import free_port
from switch.certificate_verbs import CertificateVerbs
from switch.sip.commands import SendMessage
from switch.sip.guard.events import RefusalKind
from switch.sip.hop import Hop
from switch.sip.messages.parser import parse_message
from switch.sip.transport.events import CertificatesReloaded, CertificatesUnusable
from switch.sip.transport.reports import ConnectionClosed, SendFailed
from tests.helpers.sip_house import Authority, House, Peer, open_house
from tests.helpers.sip_messages import as_bytes, make_request


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def listener(authority: Authority, **more: str) -> dict[str, object]:
    port = free_port("127.0.0.1")
    return {"transport": "tls", "host": "127.0.0.1", "port": port, **authority.issue("127.0.0.1"), **more}


def tls_port(house: House) -> int:
    return house.transports._listeners[-1].port


def options(number: int = 1) -> bytes:
    return as_bytes(make_request("OPTIONS", via=f"SIP/2.0/TLS phone.invalid;rport;branch=z9hG4bK{number}"))


def ask(phone: Peer, number: int = 1) -> int:
    phone.say(options(number))
    answer = parse_message(phone.hear())
    return answer.status  # type: ignore[union-attr]


def serial(phone: Peer) -> str:
    assert isinstance(phone.socket, ssl.SSLSocket)
    return str((phone.socket.getpeercert() or {})["serialNumber"])


def test_a_phone_that_trusts_us_is_served(authority: Authority) -> None:
    with open_house(listener(authority)) as house:
        phone = house.connect(tls_port(house))
        phone.secure(authority.client())
        assert ask(phone) == 200
        phone.say(b"\r\n\r\n")
        assert phone.hear(b"\r\n") == b"\r\n"


def test_what_is_no_tls_is_told_and_cut_off(authority: Authority) -> None:
    with open_house(listener(authority)) as house:
        phone = house.connect(tls_port(house))
        phone.say(options())
        phone.wait_closed()
        (closed,) = house.reported(ConnectionClosed)
        assert closed.refusal is RefusalKind.MALFORMED
        assert closed.detail.startswith("TLS: ")


@pytest.mark.parametrize(
    ("verify_peer", "shows", "served"),
    [
        ("required", True, True),
        ("required", False, False),
        ("optional", True, True),
        ("optional", False, True),
    ],
)
def test_clients_prove_themselves_where_it_is_asked(
    authority: Authority, verify_peer: str, shows: bool, served: bool
) -> None:
    asking = listener(authority, client_ca=str(authority.ca), verify_peer=verify_peer)
    proof = authority.issue("phone.example.com", called="phone") if shows else None
    with open_house(asking) as house:
        phone = house.connect(tls_port(house))
        phone.secure(authority.client(proof))
        if served:
            assert ask(phone) == 200
        else:
            phone.wait_closed()
            assert [c.refusal for c in house.reported(ConnectionClosed)] == [RefusalKind.MALFORMED]


def test_a_stranger_to_the_authority_is_refused(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other").issue("phone.example.com", called="phone")
    asking = listener(authority, client_ca=str(authority.ca), verify_peer="optional")
    with open_house(asking) as house:
        phone = house.connect(tls_port(house))
        phone.secure(authority.client(other))
        phone.wait_closed()
        assert "certificate" in house.reported(ConnectionClosed)[0].detail


@pytest.mark.parametrize(
    ("names", "domain", "trusted"),
    [
        (["carrier.example"], "carrier.example", True),
        (["carrier.example"], "CARRIER.example", True),
        (["carrier.example"], "", True),
        (["other.example"], "carrier.example", False),
        (["*.example"], "carrier.example", False),
    ],
)
def test_a_server_must_prove_the_domain_we_mean(
    authority: Authority, names: list[str], domain: str, trusted: bool
) -> None:
    files = authority.issue(*names, called="carrier")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files["certificate"], files["private_key"])
    with open_house(connections={"server_ca": str(authority.ca)}) as house:
        listening = house.listen()
        hop = Hop("tls", "127.0.0.1", listening.getsockname()[1], domain)
        house.driver.submit(SendMessage(data=options(), hop=hop))
        carrier = house.accept(listening)
        carrier.serve_tls(context)
        if trusted:
            assert carrier.hear() == options()
        else:
            house.run_until(lambda: house.reported(SendFailed))
            assert house.events == []
        listening.close()


@pytest.mark.parametrize("verifies", [True, False])
def test_an_unknown_authority_is_refused_unless_nobody_asks(
    authority: Authority, tmp_path: Path, verifies: bool
) -> None:
    (tmp_path / "other").mkdir()
    files = Authority(tmp_path / "other").issue("carrier.example")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files["certificate"], files["private_key"])
    with open_house(connections={"server_ca": str(authority.ca), "verify_servers": verifies}) as house:
        listening = house.listen()
        hop = Hop("tls", "127.0.0.1", listening.getsockname()[1], "carrier.example")
        house.driver.submit(SendMessage(data=options(), hop=hop))
        carrier = house.accept(listening)
        if verifies:
            with pytest.raises(ssl.SSLError, match="unknown ca"):
                carrier.serve_tls(context, then_read=True)
            assert len(house.reported(SendFailed)) == 1
        else:
            carrier.serve_tls(context)
            assert carrier.hear() == options()
        listening.close()


def test_certificates_are_read_anew_for_new_connections_and_old_ones_go_on(authority: Authority) -> None:
    with open_house(listener(authority)) as house:
        verbs = CertificateVerbs(house.transports.certificates, house.driver.submit, time.time)
        old = house.connect(tls_port(house))
        old.secure(authority.client())
        files = authority.issue("127.0.0.1")
        assert verbs.reload() == {"certificates": [files["certificate"]], "cautions": []}
        new = house.connect(tls_port(house))
        new.secure(authority.client())
        assert serial(new) != serial(old)
        assert (ask(old), ask(new, 2)) == (200, 200)
        assert [type(event) for event in house.events] == [CertificatesReloaded]


def test_new_certificates_that_are_over_are_taken_and_told(authority: Authority) -> None:
    with open_house(listener(authority)) as house:
        verbs = CertificateVerbs(house.transports.certificates, house.driver.submit, time.time)
        files = authority.issue("127.0.0.1", ends=datetime.now(UTC) - timedelta(days=1))
        (caution,) = verbs.reload()["cautions"]
        assert caution.startswith(f"{files['certificate']}: the certificate of CN=127.0.0.1,")


def test_a_bad_new_certificate_keeps_the_old_one_and_is_told(authority: Authority) -> None:
    with open_house(listener(authority)) as house:
        verbs = CertificateVerbs(house.transports.certificates, house.driver.submit, time.time)
        (authority.folder / "switch.pem").write_text("nonsense", "utf-8")
        with pytest.raises(UsageError, match="the certificates stay as they are: expected a certificate in"):
            verbs.reload()
        phone = house.connect(tls_port(house))
        phone.secure(authority.client())
        assert ask(phone) == 200
        assert [type(event) for event in house.events] == [CertificatesUnusable]


def test_a_switch_with_a_bad_certificate_does_not_start(authority: Authority) -> None:
    missing = {**listener(authority), "private_key": "/nowhere/switch.key"}
    with pytest.raises(UsageError, match=r"/nowhere/switch.key cannot \(No such file"), open_house(missing):
        pass


def test_closing_says_goodbye(authority: Authority) -> None:
    with open_house(listener(authority)) as house:
        phone = house.connect(tls_port(house))
        phone.secure(authority.client())
        assert ask(phone) == 200
        house.transports.close()
        assert phone.socket.recv(1) == b""  # close_notify, not a torn connection


def test_what_is_said_after_goodbye_is_lost_and_nothing_else(authority: Authority) -> None:
    with open_house(listener(authority)) as house:
        phone = house.connect(tls_port(house))
        phone.secure(authority.client())
        assert ask(phone) == 200
        (connection,) = house.transports._streams._table.all()
        connection.channel.end()
        connection.channel.send(options(2))
        assert "shutdown" in connection.channel.fault
