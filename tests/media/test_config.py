from pathlib import Path

import pytest
from pydantic import ValidationError

from media.config import MediaConfig, RecordingsConfig


@pytest.mark.parametrize(
    "mistake",
    [
        {"host": "phones.example"},
        {"host": "0.0.0.0"},
        {"advertised_host": "::"},
        {"port_min": 80},
        {"port_max": 65536},
        {"port_min": 20000, "port_max": 20000},
        {"port_min": 20001, "port_max": 20002},
        {"workers": 0},
        {"media_timeout_s": -1},
        {"codec": "PCMA"},
    ],
)
def test_mistakes_are_refused(mistake: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        MediaConfig.model_validate(mistake)


def test_the_smallest_range_holds_one_pair() -> None:
    assert MediaConfig(port_min=20000, port_max=20001).port_max == 20001


def test_both_sections_have_defaults_and_say_what_each_key_means() -> None:
    for section in (MediaConfig(), RecordingsConfig()):
        assert all(field.description for field in type(section).model_fields.values())
    assert RecordingsConfig(folder=Path("x")).folder == Path("x")
