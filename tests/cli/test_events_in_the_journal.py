"""Whatever an event tells, who follows the journal gets it from memory as it would be read from the disk."""

from dataclasses import fields
from math import isfinite
from typing import Any, get_type_hints

from hypothesis import given
from hypothesis import strategies as st

from cli.schema.event_words import MODULES
from cli.schema.events import events_of
from runtime.vocabulary import Event
from switch.records.segment import as_decoded, decode_line, encode_line

KINDS = [kind for module in MODULES for kind in events_of(module)]
TEXTS = st.text(st.characters(), max_size=8)
"""Lone surrogates too: so bytes of SIP that are not UTF-8 are told."""
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda some: st.lists(some, max_size=2) | st.dictionaries(TEXTS, some, max_size=2),
    max_leaves=4,
)
STRATEGIES: dict[Any, st.SearchStrategy[Any]] = {Any: PLAIN, str: TEXTS}


def filled(kind: type[Event]) -> st.SearchStrategy[Event]:
    hints = get_type_hints(kind)
    told = {each.name: hints[each.name] for each in fields(kind)}  # type: ignore[arg-type]
    return st.builds(kind, **{name: STRATEGIES.get(hint, st.from_type(hint)) for name, hint in told.items()})


def as_json_has_it(value: Any) -> Any:
    """Lists for tuples, and nothing for infinity, which no event tells; what is no plain value fails."""
    if isinstance(value, dict):
        return {name: as_json_has_it(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [as_json_has_it(each) for each in value]
    assert type(value) in (str, int, float, bool, type(None))
    return None if isinstance(value, float) and not isfinite(value) else value


@given(st.sampled_from(KINDS).flatmap(filled))
def test_an_event_from_memory_is_the_one_of_its_line(event: Event) -> None:
    told = (7, 1_790_000_000.25, event.topic, event)
    (entry,) = as_decoded([told])
    assert entry._replace(fields=as_json_has_it(entry.fields)) == decode_line(encode_line(*told))
