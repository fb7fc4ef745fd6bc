from typing import Any

import pytest
from pydantic import ValidationError

from switch.sip.config import SipConfig, StationConfig


def test_the_defaults_are_valid_and_local() -> None:
    config = SipConfig()
    assert (config.host, config.port, config.realm) == ("127.0.0.1", 5060, "ringmain")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"register_expires_min_s": 900}, "register_expires_min_s <= register_expires_default_s"),
        ({"register_expires_default_s": 7200}, "<= register_expires_max_s"),
        ({"host": "0.0.0.0"}, "advertised_host"),
        ({"host": "::"}, "advertised_host"),
        ({"algorithms": ["SHA-1"]}, "MD5"),
        ({"algorithms": []}, "at least 1 item"),
        ({"session_min_s": 3600}, "session_min_s <= session_expires_s, not 3600 <= 1800"),
        ({"session_expires_s": 60}, "greater than or equal to 90"),
        ({"reliable_provisionals": "never"}, "if_required"),
        ({"port": 0}, "greater than or equal to 1"),
        ({"speed": 1}, "not permitted"),
    ],
)
def test_a_mistake_is_refused_with_what_was_expected(values: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValidationError, match=expected):
        SipConfig.model_validate(values)


def test_listening_everywhere_is_fine_with_an_address_to_tell() -> None:
    assert SipConfig(host="0.0.0.0", advertised_host="192.0.2.10").advertised_host == "192.0.2.10"


@pytest.mark.parametrize("name", ["", "a b", "a@b", "<x>"])
def test_a_station_name_must_fit_into_an_address(name: str) -> None:
    with pytest.raises(ValidationError):
        StationConfig.model_validate({"name": name, "password": "secret"})


def test_a_password_is_never_shown() -> None:
    station = StationConfig.model_validate({"name": "1001", "password": "geheim"})
    assert "geheim" not in f"{station!r} {station}"
