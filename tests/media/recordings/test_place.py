"""Templates say where recordings lie, whatever callers call themselves."""

import re
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from media.config import RecordingsConfig
from media.recordings.place import PARTS, check_template, place_of

NAMES = {
    "date": "2026-11-21",
    "hour": "09",
    "caller": "+8613800138000",
    "called": "95598",
    "trunk": "telecom",
    "access_code": "95598",
    "recording_id": "recording-5f0c",
}


@pytest.mark.parametrize(
    ("template", "place"),
    [
        ("{date}/{recording_id}", "2026-11-21/recording-5f0c"),
        ("{date}/{hour}/{recording_id}", "2026-11-21/09/recording-5f0c"),
        ("{date}/{trunk}/{caller}-x/{recording_id}", "2026-11-21/telecom/+8613800138000-x/recording-5f0c"),
        ("{date}/code={access_code}/{recording_id}", "2026-11-21/code=95598/recording-5f0c"),
    ],
)
def test_a_template_gives_a_place(template: str, place: str) -> None:
    assert place_of(check_template(template), NAMES) == place


@pytest.mark.parametrize(
    ("template", "wanted"),
    [
        ("{recording_id}", "begins with {date}"),
        ("{date}/{caller}", "ends with /{recording_id}"),
        ("{date}/../{recording_id}", "letters, digits"),
        ("{date}/a b/{recording_id}", "letters, digits"),
        ("{date}//{recording_id}", "a name between"),
        ("{date}/{queue}/{recording_id}", "it has {queue}"),
        ("{date}/{caller!r}/{recording_id}", "nothing in braces but"),
        ("{date}/{caller:>99999999}/{recording_id}", "nothing in braces but"),
        ("{date}/{caller.__class__}/{recording_id}", "nothing in braces but"),
        ("{date}/{/{recording_id}", "braces|each {"),
        ("{date}{caller}/{recording_id}", "alone as the first folder"),
        ("{date}/{recording_id}/{recording_id}", "alone as the file's name"),
    ],
)
def test_a_template_that_leads_astray_is_refused_by_the_configuration(template: str, wanted: str) -> None:
    with pytest.raises(ValidationError, match=wanted):
        RecordingsConfig(path=template)


@given(st.fixed_dictionaries({name: st.text(max_size=100) for name in set(PARTS) - {"date", "recording_id"}}))
def test_whatever_callers_call_themselves_the_place_is_below_the_day(names: dict[str, str]) -> None:
    template = "{date}/{trunk}/{caller}_{called}/{access_code}-{hour}/{recording_id}"
    place = place_of(template, NAMES | names)
    parts = PurePosixPath(place).parts
    assert (parts[0], parts[-1], len(parts)) == ("2026-11-21", "recording-5f0c", 5)
    assert all(re.fullmatch(r"[A-Za-z0-9_+-]+", part) for part in parts)
    assert len(place) < 512
