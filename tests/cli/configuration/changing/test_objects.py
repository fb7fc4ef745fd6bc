"""What stands in a file, as programs are shown it."""

import json

import pytest
import tomli

from cli.configuration.changing.objects import masked, model_of
from cli.configuration.sections import Configuration
from cli.log import HIDDEN


@pytest.mark.parametrize("moment", ["2030-01-31", "2030-01-31T08:00:00+08:00"])
def test_a_moment_is_told_as_a_text(moment: str) -> None:
    keys = tomli.loads(f'name = "crm"\nexpires = {moment}\n')
    shown = masked(model_of(Configuration, "tokens"), keys)
    assert shown == {"name": "crm", "expires": moment}
    json.dumps(shown)


def test_what_is_secret_or_unknown_is_hidden_also_within() -> None:
    stations, lookups = model_of(Configuration, "stations"), model_of(Configuration, "lookups")
    assert masked(stations, {"name": "1", "password": "x", "pasword": "x"}) == {
        "name": "1",
        "password": HIDDEN,
        "pasword": HIDDEN,
    }
    assert masked(lookups, {"headers": {"x-key": "x"}}) == {"headers": HIDDEN}


def test_the_hash_of_a_password_is_hidden_as_it_can_be_guessed_at() -> None:
    shown = masked(
        model_of(Configuration, "agents"), {"id": "1001", "password_hash": "scrypt$15$8$1$c2FsdA==$aGFzaA=="}
    )
    assert shown == {"id": "1001", "password_hash": HIDDEN}
