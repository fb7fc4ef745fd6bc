"""Numbers as people say them, out of prompts that are there."""

from pathlib import Path

import pytest

from acd.announcements import Announcements
from acd.spoken import digits, minutes, number, rounded_minutes

PROMPTS = Path(__file__).parents[2] / "conf" / "prompts"
SPOKEN = [
    ("zh", 0, "d0"),
    ("zh", 7, "d7"),
    ("zh", 10, "n10"),
    ("zh", 12, "n10 d2"),
    ("zh", 20, "d2 n10"),
    ("zh", 105, "d1 n100 d0 d5"),
    ("zh", 110, "d1 n100 d1 n10"),
    ("zh", 2003, "d2 n1000 d0 d3"),
    ("zh", 2030, "d2 n1000 d0 d3 n10"),
    ("zh", 9999, "d9 n1000 d9 n100 d9 n10 d9"),
    ("en", 0, "d0"),
    ("en", 7, "d7"),
    ("en", 12, "n12"),
    ("en", 20, "n20"),
    ("en", 35, "n30 d5"),
    ("en", 105, "d1 n100 d5"),
    ("en", 3000, "d3 n1000"),
]


@pytest.mark.parametrize(("language", "value", "words"), SPOKEN)
def test_a_number_is_said_as_in_its_language(language: str, value: int, words: str) -> None:
    folders = {"d": "digits", "n": "numbers"}
    expected = tuple(f"{language}/{folders[word[0]]}/{word[1:]}" for word in words.split())
    assert number(language, value) == expected


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_word_of_each_number_is_a_shipped_prompt(language: str) -> None:
    said = {word for value in range(10_000) for word in number(language, value)}
    said |= {word for value in (1, 2, 30) for word in minutes(Announcements(), language, value)}
    assert [name for name in sorted(said) if not (PROMPTS / f"{name}.wav").is_file()] == []


def test_minutes_are_rounded_up_and_two_of_them_have_their_word() -> None:
    assert [rounded_minutes(s) for s in (1, 60, 61, 600, 601, 1000)] == [1, 1, 2, 10, 15, 20]
    assert minutes(Announcements(), "zh", 2) == ("zh/numbers/two", "zh/queue/minutes")
    assert minutes(Announcements(), "en", 1) == ("en/digits/1", "en/queue/minute")


def test_an_agents_number_is_said_digit_by_digit() -> None:
    assert digits("zh", "A10-7") == ("zh/digits/1", "zh/digits/0", "zh/digits/7")
