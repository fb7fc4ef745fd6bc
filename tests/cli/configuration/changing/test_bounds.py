"""What a tenant's own administrator may change."""

from pathlib import Path
from typing import Any, get_args

import pytest

from cli.configuration.changing.bounds import ALL_BUT, ONLY, check_bounds
from cli.configuration.changing.differences import differences
from cli.configuration.changing.objects import model_of
from cli.configuration.sections import TenantFile
from runtime.errors import UsageError


def change(before: str, after: str) -> None:
    check_bounds(differences(TenantFile, before.encode(), after.encode()))


def test_every_section_of_a_tenants_file_is_classified() -> None:
    """A new section must be put into ALL_BUT or ONLY of cli/configuration/changing/bounds.py."""
    assert not ALL_BUT.keys() & ONLY.keys()
    assert ALL_BUT.keys() | ONLY.keys() == set(TenantFile.model_fields)
    for section, keys in {**ALL_BUT, **ONLY}.items():
        kind = model_of(TenantFile, section)
        assert kind is not None
        assert keys <= kind.model_fields.keys(), section


def test_no_file_of_the_machine_is_a_tenants_to_name() -> None:
    for section in TenantFile.model_fields:
        kind = model_of(TenantFile, section)
        assert kind is not None
        for key, info in kind.model_fields.items():
            if _is_path(info.annotation):
                assert key in ALL_BUT[section] if section in ALL_BUT else key not in ONLY[section], key


def _is_path(annotation: Any) -> bool:
    return annotation is Path or any(map(_is_path, get_args(annotation)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[[agents]]\nid = "1001"\n'),
        ('[[queues]]\nname = "a"\n', ""),
        ("", '[[stations]]\nname = "1"\npassword = "x"\n'),
        ('[[stations]]\nname = "1"\noutside_level = 3\n', ""),
        ('[[access_codes]]\nnumber = "95001"\n', '[[access_codes]]\nnumber = "95001"\ntarget = "queue:a"\n'),
        ('[tenant]\ntitle = "a"\n', '[tenant]\ntitle = "b"\n'),
        ("", '[tenant]\ntitle = "b"\n'),
    ],
)
def test_what_is_its_own_it_may(before: str, after: str) -> None:
    change(before, after)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("[tenant]\ncalls = 3\n", "[tenant]\ncalls = 300\n", "tenant: calls is for the house to set"),
        ("", '[[access_codes]]\nnumber = "95598"\n', "access_codes 95598 is for the house to add"),
        ('[[access_codes]]\nnumber = "95598"\n', "", "access_codes 95598 is for the house to add and remove"),
        ("", '[[stations]]\nname = "1"\noutside_level = 9\n', "stations 1: outside_level is for the house"),
        ("", '[[lookups]]\nname = "a"\nurl = "http://127.0.0.1"\n', "lookups a is for the house to add"),
        (
            '[[lookups]]\nname = "a"\n',
            '[[lookups]]\nname = "a"\ntoken_file = "/etc/shadow"\n',
            "token_file is for",
        ),
    ],
)
def test_what_is_the_houses_it_may_not(before: str, after: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        change(before, after)
