"""What recognisers understood and how requests end, read from what servers say."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.mrcp.completion import Outcome, recognition_completion, synthesis_completion
from switch.mrcp.message import MrcpEvent, MrcpSyntaxError, RequestState
from switch.mrcp.nlsml import read_nlsml

NAMESPACE = 'xmlns="urn:ietf:params:xml:ns:mrcpv2"'


def result(inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><result {NAMESPACE}>{inside}</result>'.encode()


def one(instance: str, heard: str = "查 电费", confidence: str = 'confidence="0.87"') -> bytes:
    return result(
        f'<interpretation grammar="session:menu" {confidence}>'
        f'<instance>{instance}</instance><input mode="speech">{heard}</input></interpretation>'
    )


def test_text_meaning_and_confidence_are_read() -> None:
    (understood,) = read_nlsml(one("bill"))
    assert understood == ("查 电费", "bill", 0.87)


def test_a_meaning_with_elements_becomes_json() -> None:
    (understood,) = read_nlsml(one("<city>广州</city><key>1</key><key>2</key><at><hour>8</hour></at>"))
    assert json.loads(understood.interpretation) == {"city": "广州", "key": ["1", "2"], "at": {"hour": "8"}}
    assert "广州" in understood.interpretation


def test_the_likeliest_comes_first_and_percents_are_shares() -> None:
    likely = '<interpretation confidence="92"><instance>yes</instance><input>是</input></interpretation>'
    less = '<interpretation confidence="40"><instance>ten</instance><input>十</input></interpretation>'
    assert [each.confidence for each in read_nlsml(result(less + likely))] == [0.92, 0.4]


@pytest.mark.parametrize(
    ("attribute", "confidence"),
    [("", 1.0), ('confidence="much"', 0.0), ('confidence="nan"', 0.0), ('confidence="-1"', 0.0)],
)
def test_a_confidence_is_always_a_share(attribute: str, confidence: float) -> None:
    assert read_nlsml(one("bill", confidence=attribute))[0].confidence == confidence


def test_the_confidence_of_what_was_heard_counts_where_there_is_no_other() -> None:
    said = '<interpretation><input mode="speech" confidence="0.5">是</input></interpretation>'
    assert read_nlsml(result(said)) == [("是", "", 0.5)]


def test_no_interpretation_is_none() -> None:
    assert read_nlsml(result("")) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"bill",
        b"<html/>",
        b"<result>",
        b'<!DOCTYPE r [<!ENTITY a "aaaa">]><result>&a;</result>',
        b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><result/>',
        b'<?xml version="1.0" encoding="none"?><result/>',
        one("<a>" * 40 + "</a>" * 40),
    ],
)
def test_what_is_no_result_is_an_error_and_nothing_is_opened(body: bytes) -> None:
    with pytest.raises(MrcpSyntaxError, match="NLSML"):
        read_nlsml(body)


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: one(text))))
def test_any_octets_are_results_or_an_error(body: bytes) -> None:
    try:
        understood = read_nlsml(body)
    except MrcpSyntaxError:
        return
    assert all(0 <= each.confidence <= 1 for each in understood)


def ended(cause: str, *more: tuple[str, str]) -> MrcpEvent:
    return MrcpEvent("X-COMPLETE", 1, RequestState.COMPLETE, (("Completion-Cause", cause), *more))


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        ("000 success", Outcome.DONE),
        ("008 success-maxtime", Outcome.DONE),
        ("002 no-input-timeout", Outcome.NO_INPUT),
        ("002", Outcome.NO_INPUT),
        ("001 no-match", Outcome.NO_MATCH),
        ("015 no-match-maxtime", Outcome.NO_MATCH),
        ("007 speech-too-early", Outcome.TOO_EARLY),
        ("010 language-unsupported", Outcome.UNUSABLE),
        ("006 recognizer-error", Outcome.BROKEN),
        ("011 cancelled", Outcome.CUT_OFF),
    ],
)
def test_a_recognition_ends_as_its_cause_says(cause: str, outcome: Outcome) -> None:
    assert recognition_completion(ended(cause)).outcome is outcome


def test_the_same_number_means_another_thing_of_a_synthesis() -> None:
    assert recognition_completion(ended("001 no-match")).cause == "no-match"
    assert synthesis_completion(ended("001 barge-in")).cause == "barge-in"


@pytest.mark.parametrize("cause", ["", "normal", "99", "٠٠٠ success", "-01"])
def test_a_cause_nobody_knows_is_a_broken_server(cause: str) -> None:
    completion = synthesis_completion(ended(cause))
    assert completion.outcome is Outcome.BROKEN
    assert completion.reason


def test_the_servers_own_words_are_kept() -> None:
    completion = synthesis_completion(ended("004 error", ("Completion-Reason", '"no licence left"')))
    assert completion.reason == "no licence left"
