"""What customers' tags mean in a queue, as pure questions."""

from collections.abc import Collection, Iterator

from acd.config import MAX_PRIORITY
from acd.queue_config import QueueConfig


def priority_of_tags(rules: QueueConfig, tags: Collection[str]) -> dict[str, int]:
    """What each tag adds to the priority; without those that add nothing."""
    added: dict[str, int] = {}
    for rule in rules.tag_rules:
        if rule.priority and rule.tag in tags:
            added[rule.tag] = added.get(rule.tag, 0) + rule.priority
    return added


def asked_for_tags(rules: QueueConfig, tags: Collection[str]) -> Iterator[str]:
    """Requirements that hold beside the caller's own."""
    return (rule.require for rule in rules.tag_rules if rule.require and rule.tag in tags)


def within_range(priority: int) -> int:
    """The nearest level there is."""
    return min(max(priority, 0), MAX_PRIORITY)
