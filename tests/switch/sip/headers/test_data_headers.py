"""Call data in headers: what is read, what is written, what is neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.contact_data import Data
from switch.sip.headers.data_headers import LONGEST_BYTES, check_data_headers, read_data, write_data
from switch.sip.headers.user_to_user import read_user_to_user, write_user_to_user

AGREED = {"user-to-user": "order_no", "x-level": "level"}


@given(text=st.text())
def test_a_text_comes_back_from_user_to_user_as_it_was(text: str) -> None:
    if text.isprintable():
        assert read_user_to_user(write_user_to_user(text)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("e5b7a5e58d95;encoding=hex", "工单"),
        ("442d37;purpose=isdn-uui;encoding=hex", "D-7"),
        ("442D37", "D-7"),
        ('"D-7 urgent";encoding=text', "D-7 urgent"),
        ("D-7", "D-7"),
        ("ff", "ff"),
        ("", ""),
    ],
)
def test_user_to_user_is_read_in_the_forms_there_are(value: str, text: str) -> None:
    assert read_user_to_user(value) == text


def test_only_what_is_agreed_on_is_read_and_written() -> None:
    fields = (("x-level", "金卡"), ("x-level", "again"), ("x-other", "1"), ("user-to-user", "442d37"))
    assert read_data(AGREED, fields) == {"level": "金卡", "order_no": "D-7"}
    data: Data = {"order_no": "D-7", "level": 3, "secret": "x"}
    assert write_data(AGREED, data) == [("user-to-user", "442d37;encoding=hex"), ("x-level", "3")]


@given(text=st.text())
def test_what_is_written_is_one_line_of_bounded_length(text: str) -> None:
    for _, written in write_data({"x-level": "level"}, {"level": text.encode("utf-8", "replace").decode()}):
        assert written.isprintable()
        assert 0 < len(written.encode()) <= 3 * LONGEST_BYTES


def test_what_is_too_long_is_left_out_both_ways() -> None:
    long = "长" * LONGEST_BYTES
    assert read_data(AGREED, (("x-level", long),)) == {}
    assert write_data(AGREED, {"level": long}) == []


@pytest.mark.parametrize("header", ["Via", "From", "x_level", "X-A\r\nVia", ""])
def test_headers_that_are_the_switchs_own_cannot_be_agreed_on(header: str) -> None:
    with pytest.raises(ValueError, match="begins with X-"):
        check_data_headers({header: "level"})
    with pytest.raises(ValueError, match="each header once"):
        check_data_headers({"X-Level": "a", "x-level": "b"})
    with pytest.raises(ValueError, match="name of call data"):
        check_data_headers({"X-Level": ""})
