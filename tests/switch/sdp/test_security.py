from base64 import b64encode
from dataclasses import replace

import pytest

from media.commands import Codec, SrtpKeys, SrtpSuite
from media.config import Srtp
from runtime.ids import SeededIds
from switch.sdp.errors import NotAcceptable
from switch.sdp.offer_answer import LocalMedia, accept_answer, answer_offer, make_offer, offer_again
from switch.sdp.parser import parse_sdp
from switch.sdp.security import LocalSecurity
from switch.sdp.security_choice import offer_secured

CM, GCM = SrtpSuite.AES_CM_128_HMAC_SHA1_80, SrtpSuite.AEAD_AES_128_GCM
KEY = bytes(range(30))
INLINE = b64encode(KEY).decode()


def local(policy: Srtp, secret: bytes = b"s" * 32) -> LocalMedia:
    security = LocalSecurity(policy, secret)
    return LocalMedia(
        host="192.0.2.10", port=4000, session_id=7, session_version=0, codecs=(Codec.PCMA,), security=security
    )


def offer(protocol: str, *lines: str) -> str:
    head = "v=0\no=phone 1 1 IN IP4 192.0.2.20\ns=-\nc=IN IP4 192.0.2.20\nt=0 0\n"
    return f"{head}m=audio 6000 {protocol} 8\n" + "".join(f"a={line}\n" for line in lines)


def stream(text: str) -> tuple[str, list[str]]:
    """Protocol and crypto lines of the first stream."""
    (media,) = parse_sdp(text).media
    return media.protocol, [value or "" for name, value in media.attributes if name == "crypto"]


@pytest.mark.parametrize("policy", [Srtp.ACCEPT, Srtp.OPTIONAL, Srtp.REQUIRED])
@pytest.mark.parametrize("protocol", ["RTP/SAVP", "RTP/SAVPF", "RTP/AVP"])
def test_an_offer_with_keys_is_answered_with_a_key_of_ours_in_its_own_words(
    policy: Srtp, protocol: str
) -> None:
    ours = local(policy)
    lines = (f"crypto:4 F8_128_HMAC_SHA1_80 inline:{INLINE}", f"crypto:5 {CM} inline:{INLINE}|2^31")
    answer, agreed = answer_offer(offer(protocol, *lines), ours)
    assert agreed.secured.keys == SrtpKeys(suite=CM, ours=ours.security.key_of(CM), theirs=KEY)
    key = b64encode(ours.security.key_of(CM)).decode()
    assert stream(answer) == (protocol, [f"5 {CM} inline:{key}"])


def test_the_first_suite_of_the_peer_that_we_can_do_is_taken() -> None:
    keys = {suite: b64encode(bytes(suite.key_octets)).decode() for suite in SrtpSuite}
    lines = [f"crypto:{tag} {suite} inline:{key}" for tag, (suite, key) in enumerate(keys.items())]
    for first in range(len(lines)):
        _, agreed = answer_offer(offer("RTP/SAVP", *lines[first:]), local(Srtp.ACCEPT))
        assert agreed.secured.keys is not None
        assert agreed.secured.keys.suite is list(SrtpSuite)[first]


@pytest.mark.parametrize(
    "line",
    [
        "crypto:1",
        f"crypto:x {CM} inline:{INLINE}",
        f"crypto:1 {CM} inline:{INLINE[:-4]}",
        f"crypto:1 {CM} inline:no*base64",
        f"crypto:1 {CM} outline:{INLINE}",
        f"crypto:1 {CM} inline:{INLINE}|2^20|1:4",
        f"crypto:1 {CM} inline:{INLINE}|1:4;inline:{INLINE}|2:4",
        f"crypto:1 {CM} inline:{INLINE} UNENCRYPTED_SRTP",
        f"crypto:1 {CM} inline:{INLINE} KDR=4",
        f"crypto:1 {GCM} inline:{INLINE}",
    ],
)
def test_keys_that_we_cannot_use_are_as_good_as_none(line: str) -> None:
    with pytest.raises(NotAcceptable):
        answer_offer(offer("RTP/SAVP", line), local(Srtp.ACCEPT))
    assert answer_offer(offer("RTP/AVP", line), local(Srtp.ACCEPT))[1].secured.keys is None


@pytest.mark.parametrize("parameter", ["WSH=128", "-NEW=1", ""])
def test_parameters_that_may_be_ignored_are(parameter: str) -> None:
    line = f"crypto:1 {CM} inline:{INLINE} {parameter}"
    assert answer_offer(offer("RTP/SAVP", line), local(Srtp.ACCEPT))[1].secured.keys is not None


@pytest.mark.parametrize(
    ("policy", "protocol", "refused"),
    [
        (Srtp.OFF, "RTP/SAVP", True),
        (Srtp.OFF, "RTP/AVP", False),
        (Srtp.ACCEPT, "RTP/SAVP", False),
        (Srtp.OPTIONAL, "RTP/SAVP", False),
        (Srtp.REQUIRED, "RTP/SAVP", False),
    ],
)
def test_who_is_refused_depends_on_the_rule(policy: Srtp, protocol: str, refused: bool) -> None:
    with_keys = offer(protocol, f"crypto:1 {CM} inline:{INLINE}")
    if refused:
        with pytest.raises(NotAcceptable, match=policy):
            answer_offer(with_keys, local(policy))
    else:
        answer_offer(with_keys, local(policy))


def test_a_plain_offer_is_refused_only_where_encryption_is_required() -> None:
    for policy in (Srtp.OFF, Srtp.ACCEPT, Srtp.OPTIONAL):
        assert answer_offer(offer("RTP/AVP"), local(policy))[1].secured.keys is None
    with pytest.raises(NotAcceptable, match="required"):
        answer_offer(offer("RTP/AVP"), local(Srtp.REQUIRED))


@pytest.mark.parametrize(
    ("policy", "protocol", "lines"),
    [
        (Srtp.OFF, "RTP/AVP", 0),
        (Srtp.ACCEPT, "RTP/AVP", 0),
        (Srtp.OPTIONAL, "RTP/AVP", 2),
        (Srtp.REQUIRED, "RTP/SAVP", 2),
    ],
)
def test_what_we_offer_depends_on_the_rule(policy: Srtp, protocol: str, lines: int) -> None:
    offered, keys = stream(make_offer(local(policy)))
    assert (offered, len(keys)) == (protocol, lines)


def test_both_sides_come_to_the_same_keys() -> None:
    for policy in (Srtp.OPTIONAL, Srtp.REQUIRED):
        ours, theirs = local(policy, b"a" * 32), local(Srtp.ACCEPT, b"b" * 32)
        said = make_offer(ours)
        answer, there = answer_offer(said, theirs)
        here = accept_answer(said, answer, ours.security)
        assert here.secured.keys is not None
        assert there.secured.keys is not None
        assert (here.secured.keys.ours, here.secured.keys.theirs) == (
            there.secured.keys.theirs,
            there.secured.keys.ours,
        )
        assert here.secured.keys.suite is there.secured.keys.suite is GCM


def test_an_answer_without_keys_is_plain_where_that_is_allowed_and_refused_elsewhere() -> None:
    plain = offer("RTP/AVP")
    assert (
        accept_answer(make_offer(local(Srtp.OPTIONAL)), plain, LocalSecurity(Srtp.OPTIONAL)).secured.keys
        is None
    )
    for policy in (Srtp.OPTIONAL, Srtp.REQUIRED):
        with pytest.raises(NotAcceptable):
            accept_answer(make_offer(local(Srtp.REQUIRED)), plain, LocalSecurity(policy))
    with pytest.raises(NotAcceptable):
        accept_answer(make_offer(local(Srtp.OPTIONAL)), plain, LocalSecurity(Srtp.REQUIRED))


def test_an_answer_with_keys_that_were_not_offered_counts_as_one_without() -> None:
    said = make_offer(local(Srtp.REQUIRED))
    for line in (f"crypto:9 {CM} inline:{INLINE}", f"crypto:1 {CM} inline:{INLINE}"):
        with pytest.raises(NotAcceptable):
            accept_answer(said, offer("RTP/SAVP", line), LocalSecurity(Srtp.REQUIRED))


def test_a_later_offer_of_ours_goes_on_with_what_was_agreed() -> None:
    ours = local(Srtp.ACCEPT)
    answer, agreed = answer_offer(offer("RTP/SAVP", f"crypto:5 {CM} inline:{INLINE}"), ours)
    protocol, (line,) = stream(offer_again(ours, answer, agreed))
    assert (protocol, line.split()[1:]) == ("RTP/SAVP", stream(answer)[1][0].split()[1:])
    ours = local(Srtp.OPTIONAL)
    said = make_offer(ours)
    agreed = accept_answer(said, offer("RTP/AVP"), LocalSecurity(Srtp.OPTIONAL))
    assert stream(offer_again(ours, said, agreed)) == ("RTP/AVP", [])


def test_the_same_offer_again_has_the_same_answer() -> None:
    ours = local(Srtp.ACCEPT)
    text = offer("RTP/SAVP", f"crypto:5 {CM} inline:{INLINE}")
    assert answer_offer(text, ours) == answer_offer(text, replace(ours))


def test_keys_differ_from_suite_to_suite_and_from_leg_to_leg() -> None:
    here, there = (LocalSecurity(Srtp.ACCEPT, SeededIds(seed).secret()) for seed in (1, 2))
    keys = [end.key_of(suite) for end in (here, there) for suite in SrtpSuite]
    assert len({key[:16] for key in keys}) == len(keys)
    assert keys == [end.key_of(suite) for end in (here, there) for suite in SrtpSuite]


def test_an_offer_left_open_becomes_what_a_trunk_wants() -> None:
    said = make_offer(local(Srtp.OPTIONAL))
    assert stream(offer_secured(said, Srtp.ACCEPT)) == ("RTP/AVP", [])
    assert offer_secured(said, Srtp.OPTIONAL) == said
    assert stream(offer_secured(said, Srtp.REQUIRED)) == ("RTP/SAVP", stream(said)[1])
    plain = make_offer(local(Srtp.ACCEPT))
    assert offer_secured(plain, Srtp.ACCEPT) == plain


def test_nothing_that_is_printed_tells_a_key() -> None:
    ours = local(Srtp.ACCEPT, b"secret" * 5 + b"!!")
    _, agreed = answer_offer(offer("RTP/SAVP", f"crypto:5 {CM} inline:{INLINE}"), ours)
    shown = f"{ours} {agreed}"
    assert "secret" not in shown
    assert repr(KEY)[2:-1] not in shown
