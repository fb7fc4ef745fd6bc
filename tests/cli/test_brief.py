"""Values short enough for one line."""

import pytest

from cli.brief import brief_fields, short_id


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call-5f0c9a1e7b2d4c38", "call-5f0c9a1e"),
        ("/x/recording-5f0c9a1e7b2d4c38.wav", "/x/recording-5f0c9a1e7b2d4c38.wav"),
        ("call-1", "call-1"),
        ("5f0c9a1e7b2d4c38", "5f0c9a1e7b2d4c38"),
    ],
)
def test_only_ids_are_shortened(text: str, shown: str) -> None:
    assert short_id(text) == shown


def test_fields_are_brief_and_empty_ones_are_left_out() -> None:
    fields = {"a": None, "b": "", "c": (), "d": 0, "e": False, "f": 1.2345, "g": ("x", "y"), "h": "secret"}
    assert brief_fields(fields, {"h"}) == {"d": "0", "e": "False", "f": "1.23", "g": "x,y"}
