import pytest

from media.commands import Codec
from media.config import Srtp
from switch.sdp.agreement import MediaAgreement, agree_but_for_address
from switch.sdp.dtls import DtlsEnd
from switch.sdp.errors import NotAcceptable
from switch.sdp.offer_answer import LocalMedia, accept_answer, answer_offer, make_offer, offer_again
from switch.sdp.parser import parse_sdp
from switch.sdp.security import LocalSecurity

OURS = "0a" * 32
THEIRS = "b1" * 32
COLONS = ":".join(["B1"] * 32)
PROTOCOL = "UDP/TLS/RTP/SAVPF"
HERE = DtlsEnd(OURS, b"s" * 32, "192.0.2.10", 4000)


def local(policy: Srtp = Srtp.ACCEPT, *, is_web: bool = False, fingerprint: str = OURS) -> LocalMedia:
    return LocalMedia(
        host="192.0.2.10",
        port=4000,
        session_id=7,
        session_version=0,
        codecs=(Codec.PCMA,),
        security=LocalSecurity(
            policy,
            HERE.secret,
            fingerprint=fingerprint,
            host=HERE.host,
            port=HERE.port,
            is_web=is_web,
        ),
        rtcp_mux=is_web,
    )


def browser(setup: str = "actpass", *, ice: bool = True, session: str = "", protocol: str = PROTOCOL) -> str:
    """What a browser offers before it knows its addresses."""
    checks = "a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\na=ice-options:trickle\n" if ice else ""
    return (
        f"v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\nt=0 0\na=group:BUNDLE audio0\n{session}"
        f"m=audio 9 {protocol} 8\nc=IN IP4 0.0.0.0\na=rtcp:9 IN IP4 0.0.0.0\n{checks}"
        f"a=fingerprint:sha-256 {COLONS}\na=setup:{setup}\na=mid:audio0\na=sendrecv\na=rtcp-mux\n"
    )


def lines(text: str) -> dict[str, str | None]:
    (media,) = parse_sdp(text).media
    return dict(media.attributes)


def test_a_browser_is_answered_in_its_own_words() -> None:
    text, agreed = answer_offer(browser(), local())
    description = parse_sdp(text)
    (media,) = description.media
    assert media.protocol == PROTOCOL
    assert dict(description.attributes) == {"ice-lite": None, "group": "BUNDLE audio0"}
    said = lines(text)
    assert said["fingerprint"] == "sha-256 " + ":".join(["0A"] * 32)
    assert (said["setup"], said["mid"], said["rtcp-mux"]) == ("passive", "audio0", None)
    assert said["candidate"] == "1 1 udp 2130706431 192.0.2.10 4000 typ host"
    assert len(said["ice-ufrag"] or "") >= 4
    assert len(said["ice-pwd"] or "") >= 22
    peer = agreed.secured.dtls
    assert peer is not None
    assert (peer.fingerprint, peer.we_begin) == (THEIRS, False)
    assert (peer.ufrag, peer.password) == (said["ice-ufrag"], said["ice-pwd"])


def test_reports_share_the_one_port_of_a_browser_and_the_line_that_says_so_stands_once() -> None:
    answer, taken = answer_offer(browser(), local())
    offer, accepted = answered()
    again = offer_again(local(is_web=True), offer, accepted)
    assert [text.count("a=rtcp-mux\r\n") for text in (answer, offer, again)] == [1, 1, 1]
    assert taken.rtcp.mux
    assert accepted.rtcp.mux


def test_an_unknown_address_under_ice_is_no_hold() -> None:
    _, agreed = answer_offer(browser(), local())
    assert (agreed.host, agreed.sending, agreed.receiving) == ("", True, True)


@pytest.mark.parametrize(
    ("theirs", "ours", "we_begin"),
    [("actpass", "passive", False), ("active", "passive", False), ("passive", "active", True)],
)
def test_who_begins_the_handshake_is_as_the_peer_wants_it(theirs: str, ours: str, we_begin: bool) -> None:
    text, agreed = answer_offer(browser(theirs), local())
    assert lines(text)["setup"] == ours
    assert agreed.secured.dtls is not None
    assert agreed.secured.dtls.we_begin is we_begin


def test_a_phone_without_ice_stays_where_it_says() -> None:
    offer = browser(ice=False, protocol="UDP/TLS/RTP/SAVP").replace("IN IP4 0.0.0.0", "IN IP4 192.0.2.20", 1)
    text, agreed = answer_offer(offer, local())
    assert (agreed.host, agreed.port) == ("192.0.2.20", 9)
    assert agreed.secured.dtls is not None
    assert agreed.secured.dtls.ufrag == ""
    assert "ice-ufrag" not in lines(text)


def test_certificate_and_checks_may_be_told_for_the_whole_session() -> None:
    session = f"a=fingerprint:sha-256 {COLONS}\na=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\n"
    offer = browser(ice=False, session=session).replace(
        f"c=IN IP4 0.0.0.0\na=fingerprint:sha-256 {COLONS}\n", ""
    )
    _, agreed = answer_offer(offer, local())
    assert agreed.secured.dtls is not None
    assert agreed.secured.dtls.fingerprint == THEIRS


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("sha-256", "sha-1"),
        (COLONS, COLONS[3:]),
        ("a=fingerprint", "a=finger"),
        ("a=setup:actpass", "a=setup:holdconn"),
    ],
)
def test_a_peer_that_cannot_be_proved_is_refused(before: str, after: str) -> None:
    with pytest.raises(NotAcceptable):
        answer_offer(browser().replace(before, after), local())


def test_browsers_are_refused_where_encryption_is_off_or_we_have_no_certificate() -> None:
    for ours in (local(Srtp.OFF), local(fingerprint="")):
        with pytest.raises(NotAcceptable):
            answer_offer(browser(), ours)
    answer_offer(browser(), local(Srtp.REQUIRED))


def answered(setup: str = "active") -> tuple[str, MediaAgreement]:
    """Our offer to a browser, and what its answer agreed to."""
    said = make_offer(local(is_web=True))
    answer = browser(setup).replace("audio0", "0")
    return said, accept_answer(said, answer, local(is_web=True).security)


def test_an_offer_to_a_browser_lets_it_begin() -> None:
    said, agreed = answered()
    assert (lines(said)["setup"], lines(said)["mid"]) == ("actpass", "0")
    assert dict(parse_sdp(said).attributes) == {"ice-lite": None, "group": "BUNDLE 0"}
    assert agreed.secured.dtls is not None
    assert not agreed.secured.dtls.we_begin
    assert agreed.secured.dtls.ufrag == lines(said)["ice-ufrag"]
    passive = answered("passive")[1].secured.dtls
    assert passive is not None
    assert passive.we_begin


def test_a_browser_that_answers_in_the_clear_is_refused() -> None:
    with pytest.raises(NotAcceptable):
        accept_answer(
            make_offer(local(is_web=True)),
            browser(protocol="RTP/AVP"),
            local(is_web=True).security,
        )


def test_a_later_offer_to_a_browser_keeps_certificate_name_and_stream() -> None:
    ours = local()
    text, agreed = answer_offer(browser(), ours)
    before, again = lines(text), lines(offer_again(ours, text, agreed))
    for name in ("fingerprint", "ice-ufrag", "ice-pwd", "mid", "candidate", "rtcp-mux"):
        assert again[name] == before[name]
    assert again["setup"] == "actpass"


def test_nothing_that_is_printed_tells_a_password() -> None:
    _, agreed = answer_offer(browser(), local())
    assert agreed.secured.dtls is not None
    assert agreed.secured.dtls.password not in f"{agreed} {local()}"


def test_what_is_remembered_of_an_offer_holds_no_password_of_its_session() -> None:
    before = agree_but_for_address.cache_info().misses
    for password in ("0123456789012345678901", "another-one-of-the-peer"):
        session = f"a=ice-ufrag:abcd\na=ice-pwd:{password}\na=tool:remembered\n"
        answer_offer(browser(ice=False, session=session), local())
    assert agree_but_for_address.cache_info().misses == before + 1
