"""The configuration as the core has it, kept and read back."""

import json

import pytest
from pydantic import ValidationError

from acd.agent_config import AgentConfig
from acd.config import AcdConfig
from acd.kept_sections import plain_of, section_of
from cli.configuration.qualifying import Naming, qualified, qualified_queue
from runtime.models import Section
from tests.acd.random_shift import AGENTS, QUEUES

ACME = Naming("acme", {"music", "callback", "press_five", "one"})
OF_A_TENANT = [*(qualified_queue(queue, ACME) for queue in QUEUES), *(qualified(one, ACME) for one in AGENTS)]


@pytest.mark.parametrize("section", [*QUEUES, *AGENTS, *OF_A_TENANT, AcdConfig(priority_level_s=7)])
def test_what_is_kept_is_read_as_it_was_whoever_it_belongs_to(section: Section) -> None:
    assert section_of(type(section), json.loads(json.dumps(plain_of(section)))) == section


def test_tenants_names_are_those_that_nobody_can_give() -> None:
    assert qualified_queue(QUEUES[0], ACME).name == "acme/报修"
    with pytest.raises(ValidationError, match="pattern"):
        AgentConfig(id="acme/1001")


def test_no_pin_is_kept_on_the_disk() -> None:
    clerk = AgentConfig.model_validate({"id": "1001", "pin": "2580"})
    assert "2580" not in json.dumps(plain_of(clerk))
    assert section_of(AgentConfig, plain_of(clerk)).id == "1001"
