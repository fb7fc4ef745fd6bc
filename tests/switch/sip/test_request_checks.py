import pytest

from switch.sip.errors import SipSyntaxError
from switch.sip.request_checks import check_invite, check_request
from tests.helpers.sip_messages import SDP, make_request


@pytest.mark.parametrize(
    "accept",
    [
        ["application/sdp"],
        ["Application/SDP;level=1, text/html"],
        ["text/plain", "application/sdp"],
        ["application/*"],
        ["*/*"],
        ["message/sipfrag , application/sdp"],
    ],
)
def test_a_caller_who_can_read_session_descriptions_is_served(accept: list[str]) -> None:
    assert check_invite(make_request("INVITE", body=SDP, accept=accept)) is None


@pytest.mark.parametrize("accept", [["text/html"], [""], ["application/sdpx"], ["text/*, multipart/mixed"]])
def test_a_caller_who_cannot_is_answered_406(accept: list[str]) -> None:
    refusal = check_invite(make_request("INVITE", body=SDP, accept=accept))
    assert refusal is not None
    assert refusal.status == 406


@pytest.mark.parametrize("method", ["OPTIONS", "REGISTER", "INVITE"])
@pytest.mark.parametrize("uri", ["sip:", "sip:2001:db8::10", "sip:a@b:0", "sips:[::1", "tel:nobody"])
def test_a_request_uri_that_cannot_be_read_is_malformed(method: str, uri: str) -> None:
    with pytest.raises(SipSyntaxError) as caught:
        check_request(make_request(method, uri=uri))
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("hops", "refused"), [("0", True), ("00", True), (" 000 ", True), ("10", False), ("", False)]
)
def test_an_invite_at_its_last_hop_goes_no_further(hops: str, refused: bool) -> None:
    refusal = check_invite(make_request("INVITE", body=SDP, max_forwards=hops))
    assert (refusal is not None and refusal.status == 483) is refused
