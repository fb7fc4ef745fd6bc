"""docs/events.md says what the event classes say."""

import importlib

from cli.schema.event_words import MODULES
from runtime.vocabulary import Event
from tests.switch.control.events_page import PAGE, page

OUR_PACKAGES = {"runtime", "switch", "media", "acd", "ivr", "cli"}


def modules_of(kind: type[Event]) -> set[str]:
    return {kind.__module__}.union(*(modules_of(derived) for derived in kind.__subclasses__()))


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.switch.control.events_page"


def test_it_has_the_events_of_every_module_of_the_switch() -> None:
    importlib.import_module("cli.switchboard")  # loads every part of the switch
    modules = modules_of(Event) - {Event.__module__}
    assert {name for name in modules if name.partition(".")[0] in OUR_PACKAGES} == set(MODULES)
