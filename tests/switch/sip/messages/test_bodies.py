from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.messages.bodies import check_body, session_text
from switch.sip.messages.message import Request
from tests.helpers.sip_messages import SDP, make_request

ISUP = (
    "Content-Type: application/ISUP;version=nxv3\r\nContent-Disposition: signal;handling={}\r\n\r\n\x01\x10"
)
MIXED = 'multipart/mixed;boundary="unique boundary 1"'


def invite(body: str, content_type: str = "application/sdp", **headers: Any) -> Request:
    return make_request("INVITE", body=body, content_type=content_type, **headers)


def mixed(*parts: str, end: str = "--") -> str:
    line = "--unique boundary 1"
    return "\r\n".join(["preamble", *(f"{line}\r\n{part}" for part in parts), f"{line}{end}", "epilogue"])


def sdp_part(sdp: str = SDP) -> str:
    return f"Content-Type: application/sdp\r\n\r\n{sdp}"


NESTED = mixed(sdp_part()).replace("boundary 1", "boundary 2")


@pytest.mark.parametrize(
    ("request_", "session"),
    [
        (invite(""), None),
        (invite(SDP), SDP),
        (invite(SDP, "Application/SDP ;charset=utf-8"), SDP),
        (invite(SDP, content_disposition="session"), SDP),
        (invite(SDP, content_disposition="early-session;handling=optional"), None),
        (invite("<xml/>", "application/pidf+xml", content_disposition="render;handling=optional"), None),
        (invite(mixed(sdp_part()), MIXED), SDP),
        (invite(mixed(ISUP.format("optional"), sdp_part()), MIXED), SDP),
        (invite(mixed(sdp_part(), sdp_part("v=0\r\nsecond")), MIXED), SDP),
        (invite(mixed(ISUP.format("optional")), MIXED), None),
        (invite(mixed(sdp_part(), "\r\n\r\nplain"), MIXED.replace("mixed", "alternative")), SDP),
        (invite(mixed(sdp_part()).replace("\r\n--", "\n--"), MIXED), SDP),
        (invite(mixed(f"Content-Type: {MIXED.replace('1', '2')}\r\n\r\n{NESTED}"), MIXED), SDP),
    ],
)
def test_the_session_is_found_in_any_body_we_can_take(request_: Request, session: str | None) -> None:
    assert check_body(request_) is None
    assert session_text(request_) == session


@pytest.mark.parametrize(
    "request_",
    [
        invite("x", "text/plain"),
        invite("x", ""),
        invite(SDP, content_disposition="early-session"),
        invite(mixed(sdp_part(), ISUP.format("required")), MIXED),
        invite(mixed(sdp_part(), "plain text without headers"), MIXED),
        invite(mixed(sdp_part()), "multipart/mixed"),
        invite(mixed(sdp_part(), end=""), MIXED),
        invite(mixed(*[sdp_part()] * 40), MIXED),
        invite(mixed("Content-Transfer-Encoding: base64\r\n" + sdp_part()), MIXED),
        invite(mixed("\r\n\r\nplain"), MIXED.replace("mixed", "alternative")),
        invite("x", f"multipart/mixed;boundary={'b' * 71}"),
    ],
)
def test_what_must_be_understood_and_is_not_gets_415(request_: Request) -> None:
    refusal = check_body(request_)
    assert refusal is not None
    assert (refusal.status, refusal.extra) == (415, {"accept": "application/sdp, multipart/mixed"})
    assert session_text(request_) is None


def test_an_encoding_is_refused_with_the_one_we_take() -> None:
    refusal = check_body(invite(SDP, content_encoding="gzip"))
    assert refusal is not None
    assert (refusal.status, refusal.extra) == (415, {"accept-encoding": "identity"})


@given(st.text(alphabet="-ab\r\n: ;x", max_size=200), st.sampled_from(["mixed", "alternative", "related"]))
def test_no_body_makes_reading_it_fail(body: str, kind: str) -> None:
    request = invite(body, f"multipart/{kind};boundary=a")
    refusal = check_body(request)
    assert refusal is None or refusal.status == 415
    session_text(request)
