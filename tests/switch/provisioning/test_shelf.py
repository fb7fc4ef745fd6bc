"""A phone finds its file by a token or by its hardware address, and nothing else."""

import pytest

from switch.provisioning.shelf import NotAShelf, PhoneFiles, Shelf, Wanted

YEALINK = PhoneFiles("1001", "yealink", "001565aabbcc", "t0ken", ("1001.cfg",))
GRANDSTREAM = PhoneFiles("1002", "grandstream", "000b82112233", "other", ("1002.xml",))
BARESIP = PhoneFiles("acme/1003", "baresip", "", "third", ("1003/accounts", "1003/contacts"))
SHELF = Shelf({phone.station: phone for phone in (YEALINK, GRANDSTREAM, BARESIP)})


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("t0ken/1001.cfg", Wanted(YEALINK, "1001.cfg", by_token=True)),
        ("t0ken/", Wanted(YEALINK, "1001.cfg", by_token=True)),
        ("t0ken/001565AABBCC.cfg", Wanted(YEALINK, "1001.cfg", by_token=True)),
        ("third/1003/contacts", Wanted(BARESIP, "1003/contacts", by_token=True)),
        ("001565aabbcc.cfg", Wanted(YEALINK, "1001.cfg")),
        ("cfg000b82112233.xml", Wanted(GRANDSTREAM, "1002.xml")),
    ],
)
def test_a_phone_finds_its_own_file(path: str, wanted: Wanted) -> None:
    assert SHELF.find(path) == wanted


@pytest.mark.parametrize(
    "path",
    [
        "t0ken/y000000000028.cfg",
        "t0ken/001565aabbcc.boot",
        "t0ken/000b82112233.cfg",
        "t0ken/../other/1002.xml",
    ],
)
def test_what_a_known_phone_asks_for_in_vain_is_no_guess(path: str) -> None:
    assert SHELF.find(path) == Wanted(YEALINK, "", by_token=True)


@pytest.mark.parametrize("path", ["", "y000000000028.cfg", "phonebook.xml", "1001.cfg", "index.json"])
def test_what_all_phones_ask_for_is_no_guess(path: str) -> None:
    assert SHELF.find(path) == Wanted()


def test_tokens_and_hardware_addresses_of_no_phone_are_guesses() -> None:
    assert SHELF.find("t0kem/1001.cfg") == Wanted(by_token=True, is_guess=True)
    assert SHELF.find("001565aabbcd.cfg") == Wanted(is_guess=True)
    assert Shelf({}).find("/1001.cfg").is_guess, "an empty token opens nothing"


def test_the_index_is_read_as_it_was_written() -> None:
    assert Shelf.read(SHELF.write()).phones == SHELF.phones


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"phones": [{"station": "1"}]}', '{"phones": 3}'])
def test_what_is_no_index_is_told(text: str) -> None:
    with pytest.raises(NotAShelf):
        Shelf.read(text)
