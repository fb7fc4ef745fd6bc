import pytest

from switch.sip.errors import SipSyntaxError
from switch.sip.messages.message import Headers
from switch.sip.messages.parser import parse_message


@pytest.fixture(params=["made", "came"])
def headers(request: pytest.FixtureRequest) -> Headers:
    if request.param == "made":
        return Headers({"via": ["near", "far"], "to": "<sip:a>"})
    return came("v: near", "VIA: far", "To: <sip:a>")


def came(*lines: str) -> Headers:
    """As headers of a message that is refused, but read."""
    with pytest.raises(SipSyntaxError) as caught:
        parse_message("\r\n".join(["INFO sip:a SIP/2.0", *lines, "", ""]).encode())
    assert caught.value.request is not None
    return caught.value.request.headers


def test_a_header_has_its_first_value_and_all_of_them(headers: Headers) -> None:
    assert (headers.get("via"), headers.get_all("via")) == ("near", ["near", "far"])
    assert (headers.get("to"), headers.get_all("to")) == ("<sip:a>", ["<sip:a>"])
    assert (headers.get("from"), headers.get_all("from")) == (None, [])
    assert ("via" in headers, "from" in headers) == (True, False)


def test_values_are_replaced_in_their_place_and_removed(headers: Headers) -> None:
    headers.set("via", "only")
    headers.set_all("to", ["one", "two"])
    headers.set_all("route", ["alone"])
    assert headers.items() == [("via", ["only"]), ("to", ["one", "two"]), ("route", ["alone"])]
    assert headers.fields() == [("via", "only"), ("to", ["one", "two"]), ("route", "alone")]
    headers.set_all("to", [])
    headers.set_all("never-there", [])
    assert headers.items() == [("via", ["only"]), ("route", ["alone"])]


def test_what_is_picked_for_another_message_is_its_own(headers: Headers) -> None:
    picked = Headers(headers.pick(["to", "from"]))
    picked.set("to", "other")
    assert (picked.items(), headers.get("to")) == ([("to", ["other"])], "<sip:a>")


def test_headers_are_equal_by_their_values_in_any_order() -> None:
    assert Headers({"a": "1", "b": ["2"]}) == Headers({"b": "2", "a": "1"})
    assert Headers({"a": ["1", "2"]}) != Headers({"a": ["2", "1"]})
    assert Headers() != {}


def test_headers_that_came_and_headers_that_were_made_are_the_same() -> None:
    expected = {"x-own": ["停电", "2"], "content-type": "text/plain", "to": ""}
    headers = came("X-Own: 停电", "c: text/plain", "T:", "x-OWN: 2")
    assert headers.pick(["to", "x-own", "from"]) == {"to": "", "x-own": ["停电", "2"]}
    assert (headers, [*headers.fields()]) == (Headers(expected), [*expected.items()])


TAGGED = {
    "to": '"a;tag=n" <sip:a;tag=u>;TAG=ours',
    "from": "sip:b;tag=theirs",
    "call-id": "c",
    "cseq": "9 BYE",
}


@pytest.mark.parametrize("headers", [Headers(dict(TAGGED)), came(*(f"{k}: {v}" for k, v in TAGGED.items()))])
def test_a_dialog_is_named_by_call_id_and_the_tags_of_both(headers: Headers) -> None:
    assert (headers.tag("to"), headers.tag("from"), headers.cseq_number()) == ("ours", "theirs", 9)
    assert headers.dialog_key() == ("c", "ours", "theirs")


@pytest.mark.parametrize("headers", [Headers(), came("To: <sip:a>;tag=", "CSeq: much BYE")])
def test_what_is_not_there_is_empty_but_a_number_is_missed(headers: Headers) -> None:
    assert (headers.tag("to"), headers.dialog_key()) == (None, ("", "", ""))
    with pytest.raises(ValueError, match="no CSeq that can be read"):
        headers.cseq_number()
