"""docs/standards.md tells the truth, as far as code and wire can say."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from media.commands import Codec, SrtpSuite
from switch.causes import Cause, cause_of_status
from switch.sdp.formats import ENCODINGS
from switch.sip.capabilities import EXTENSIONS, SERVED
from switch.sip.commands import AnswerLeg, DialLeg
from switch.sip.events import LegArrived
from switch.sip.hop import Hop
from switch.sip.identity import phrase_of
from switch.sip.legs.branches import Branch
from switch.sip.messages.message import Message, Request, Response
from switch.sip.transport.config import Transport
from tests.helpers.sip_messages import SDP, make_request
from tests.helpers.sip_rig import SipRig

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "standards.md").read_text("utf-8")
CARRIER = Hop("udp", "192.0.2.9", 5060)
PACKAGES = ("switch", "media", "acd", "ivr", "cli", "runtime", "clients")
NUMBER = re.compile(r"RFC (\d{3,5})\b")
SENT = re.compile(r'(?:\.request\(|\bmethod=|\bRequest\(|\._make\(|\bby_invite else )"([A-Z]+)"')
BY_MEANING = {"ACK", "CANCEL"}
"""They are answered, or not, by what they belong to."""


def rows(section: str, heading: str) -> Iterator[list[str]]:
    """The cells of the table whose first column is headed so, below a title."""
    lines = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0].splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split(" | ")]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def all_rfcs() -> list[list[str]]:
    """The rows of every table of RFCs."""
    sections = ("RFCs of signalling", "Session descriptions", "Media", "What else the code cites")
    return [row for section in sections for row in rows(section, "RFC")]


def code(*folders: str) -> Iterator[Path]:
    for folder in folders:
        paths = [ROOT / folder] if (ROOT / folder).is_file() else (ROOT / folder).rglob("*")
        yield from (path for path in paths if path.suffix in (".py", ".rs"))


def cited(*folders: str) -> set[str]:
    """The numbers of RFCs that files name."""
    return {number for path in code(*folders) for number in NUMBER.findall(path.read_text("utf-8"))}


def answers(messages: list[Message]) -> list[int]:
    return [message.status for message in messages if isinstance(message, Response)]


def talking() -> SipRig:
    """A caller was answered and has said so."""
    rig = SipRig()
    rig.receive(make_request("INVITE", body=SDP))
    (arrived,) = rig.reported(LegArrived)
    (answer,) = rig.order(AnswerLeg(leg_id=arrived.leg_id, sdp=SDP))
    called = answer.headers.get("to") or ""
    rig.receive(make_request("ACK", called=called, branch="z9hG4bKack"))
    return rig


def inside(rig: SipRig, method: str, body: str) -> Request:
    """A request of that caller."""
    (answer,) = [message for message in rig.messages if isinstance(message, Response) and message.body]
    called = answer.headers.get("to") or ""
    return make_request(method, called=called, cseq=2, branch="z9hG4bKtwo", body=body, rack="1 1 INVITE")


# -- methods and extensions ----------------------------------------------------------------------------


def test_the_methods_are_those_that_are_allowed() -> None:
    told = {method for method, *_ in rows("Methods", "method")}
    assert told - {"NOTIFY"} == set(SERVED)
    (options,) = SipRig().receive(make_request("OPTIONS"))
    assert set((options.headers.get("allow") or "").split(", ")) == set(SERVED)


def served() -> list[list[str]]:
    return [row for row in rows("Methods", "method") if row[0] not in BY_MEANING]


@pytest.mark.parametrize("row", served(), ids=lambda row: row[0])
def test_a_method_is_served_where_the_page_says_so(row: list[str]) -> None:
    method, outside, within, _ = row
    alone = answers(SipRig().hear_out(make_request(method, body=SDP if method == "INVITE" else "")))
    assert (481 in alone) is (outside == "`481`")
    assert (405 in alone) is (outside == "405")
    rig = talking()
    in_dialog = answers(rig.hear_out(inside(rig, method, SDP if method == "INVITE" else "")))
    assert in_dialog
    if method != "PRACK":  # nothing waits for one any more
        assert 481 not in in_dialog
    assert (405 in in_dialog) is (within == "405")


def test_the_methods_that_are_sent_are_those_that_code_sends() -> None:
    sent = {method for path in code("switch") for method in SENT.findall(path.read_text("utf-8"))}
    assert {method for method, *_, ours in rows("Methods", "method") if ours != "–"} == sent


def test_the_option_tags_are_those_of_the_wire() -> None:
    told = [words(tag)[0] for tag, _ in rows("Extensions", "option tag")]
    assert told == list(EXTENSIONS)
    (options,) = SipRig().receive(make_request("OPTIONS"))
    assert (options.headers.get("supported") or "").split(", ") == told


@pytest.mark.parametrize("tag", EXTENSIONS)
def test_what_the_page_names_may_be_required(tag: str) -> None:
    assert answers(SipRig().receive(make_request("OPTIONS", require=tag))) == [200]


def refused_tags() -> list[str]:
    (told,) = re.findall(r"^Refused therefore, among others: (.*?)\. Tags", PAGE, re.MULTILINE | re.DOTALL)
    return words(told)


@pytest.mark.parametrize("tag", refused_tags())
def test_what_the_page_says_is_refused_may_not(tag: str) -> None:
    (refusal,) = SipRig().receive(make_request("OPTIONS", require=tag))
    assert (answers([refusal]), refusal.headers.get("unsupported")) == ([420], tag)


def test_our_first_invite_names_the_tags_that_the_page_says() -> None:
    (told,) = re.findall(r"^first INVITEs of the switch (.*?)\.$", PAGE, re.MULTILINE)
    way = Branch(uri="sip:1@192.0.2.9", hop=CARRIER, caller="<sip:2@127.0.0.1>", called="<sip:1@192.0.2.9>")
    (invite,) = SipRig().order(DialLeg(leg_id="leg", branches=(way,), sdp=SDP))
    assert (invite.headers.get("supported") or "").split(", ") == words(told)


# -- answers -------------------------------------------------------------------------------------------


def test_every_status_that_tells_a_cause_is_on_the_page_and_all_have_phrases() -> None:
    told = {int(status) for cell, _ in rows("Answers", "status") for status in cell.split(", ")}
    assert {cause.status for cause in Cause} <= told
    assert not [status for status in told if phrase_of(status) == phrase_of(status // 100 * 100 + 99)]


def test_a_status_from_outside_is_the_cause_that_the_page_says() -> None:
    told: dict[str, Cause] = {}
    for statuses, cause, number in rows("Answers", "status from outside"):
        (name,) = words(cause)
        assert str(Cause[name].number) == number
        told |= dict.fromkeys(statuses.split(", "), Cause[name])
    for status in range(300, 700):
        klass = f"{status // 100}xx"
        rest = told.get(f"other {klass}") or told.get(klass)
        assert cause_of_status(status) is told.get(str(status), rest), status


# -- transports and media ------------------------------------------------------------------------------


def test_the_transports_are_all_there_are() -> None:
    told = [words(name)[0] for name, *_ in rows("Transports, NAT, DNS", "transport")]
    assert told == [transport.value for transport in Transport]


def test_the_codecs_are_all_there_are_with_their_numbers() -> None:
    told = {words(name)[0]: (int(number), int(clock)) for name, number, clock, _ in rows("Media", "codec")}
    assert told == {
        codec.value: (ENCODINGS[codec].payload_type, ENCODINGS[codec].clock_hz) for codec in Codec
    }


def test_the_srtp_suites_are_all_there_are() -> None:
    (told,) = re.findall(r"^SRTP suites: (.*)$", PAGE, re.MULTILINE)
    assert set(words(told)) == {suite.value for suite in SrtpSuite}


# -- RFCs ----------------------------------------------------------------------------------------------


def test_every_rfc_that_code_names_is_on_the_page_once() -> None:
    told = [number for number, *_ in all_rfcs()]
    assert len(told) == len(set(told))
    assert cited(*PACKAGES) - set(told) == set()


@pytest.mark.parametrize("row", all_rfcs(), ids=lambda row: row[0])
def test_what_a_row_names_is_there_and_cites_its_rfc(row: list[str]) -> None:
    paths = [word for cell in row for word in words(cell) if is_path(word)]
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert row[0] in cited(*paths)


def test_every_file_and_scenario_that_the_page_names_is_there() -> None:
    named = set(words(PAGE))
    assert [path for path in named if is_path(path) and not (ROOT / path).exists()] == []
    scenarios = {word for word in named if re.fullmatch(r"(?:caller|agent|carrier)_[a-z0-9_]+", word)}
    assert len(scenarios) > 40
    there = {path.stem for path in (ROOT / "sipp_scenarios").glob("*.xml")}
    assert scenarios - there == set()


def is_path(word: str) -> bool:
    return word.partition("/")[0] in (*PACKAGES, "tests") and ("/" in word)
