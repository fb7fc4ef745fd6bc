import pytest

from switch.sip.messages.message import Headers


@pytest.fixture
def headers() -> Headers:
    return Headers({"via": ["near", "far"], "to": "<sip:a>"})


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
