"""docs/trunks.md: every example is a configuration without a mistake."""

import re
import tomllib
from pathlib import Path

import pytest

from runtime.models import Section
from switch.trunks.config import AreaConfig, RouteConfig, TrunkConfig
from switch.trunks.patterns import parse_rule

PAGE = (Path(__file__).parents[3] / "docs" / "trunks.md").read_text("utf-8")
KINDS: dict[str, type[Section]] = {"trunks": TrunkConfig, "routes": RouteConfig, "areas": AreaConfig}
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_right(example: str) -> None:
    for section, entries in tomllib.loads(example).items():
        for entry in entries:
            KINDS[section].model_validate(entry)


def test_the_rules_in_the_text_do_what_it_says() -> None:
    assert parse_rule("+86. => 0.").rewrite("+867722812345") == "07722812345"
    assert '`"+86. => 0."` makes 07722812345 of +867722812345' in PAGE
    assert len(EXAMPLES) == 4
