import pytest

from acd.queue_target import parse_queue_target
from cli.tenant_names import qualified_target


@pytest.mark.parametrize(
    ("own", "inside"),
    [
        ("hang_up", "hang_up"),
        ("callback", "callback"),
        ("", ""),
        ("flow:hotline", "flow:acme/hotline"),
        ("agent:1001", "agent:acme/1001"),
        ("station:1001", "station:acme/1001"),
        ("message:service", "message:acme/service"),
        ("number:13800138000", "number:13800138000"),
        ("counter:record", "counter:record"),
        ("prompt:zh/outage", "prompt:acme/zh/outage"),
        ("queue:billing", "queue:acme/billing"),
        ("queue:billing,vip?priority=20", "queue:acme/billing,acme/vip?priority=20"),
        ("queue:globex/billing", "queue:acme/globex/billing"),
    ],
)
def test_a_tenants_target_leads_to_what_is_its_own(own: str, inside: str) -> None:
    assert qualified_target("acme", own) == inside


@pytest.mark.parametrize("key", ["agent", "%61gent"])
def test_agents_that_a_queues_target_prefers_are_the_tenants_however_it_is_written(key: str) -> None:
    inside = qualified_target("acme", f"queue:billing?{key}=1001%2Cglobex/1002&require=a>=3 and lang:en")
    target = parse_queue_target(inside.removeprefix("queue:"))
    assert target.preferred == ("acme/1001", "acme/globex/1002")
    assert target.requirement == "a>=3 and lang:en"
