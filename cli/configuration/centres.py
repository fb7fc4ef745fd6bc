"""The flows and prompts of one call centre, the house's own or a tenant's, held against its configuration."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from acd.config import QUEUE_SCHEME
from acd.config_problems import why_no_target
from acd.spoken import prompts_of
from cli.configuration.cross_references import targets
from cli.configuration.loading import Reading
from cli.configuration.sections import Configuration
from cli.paths import shown_path
from ivr.check import Surroundings
from ivr.config import FLOW_SCHEME
from ivr.document import Flow
from ivr.editions import DRAFT, Editions
from ivr.loader import LoadedFlows, load_flows
from ivr.publishing.store import FlowStore
from media.prompts import PromptLibrary
from runtime.problems import Finding, KeyPath, Problem, listed

Named = Iterable[tuple[KeyPath, str]]
"""Places that name prompts, and which; empty means silence."""


def _as_it_is(flow: Flow) -> Flow:
    """The house's flows have the names of the switch."""
    return flow


@dataclass(frozen=True, slots=True)
class FlowCentre:
    """Where the flows of one call centre are, and how they are checked and named."""

    folder: Path
    """Of the documents."""
    store: FlowStore
    surroundings: Surroundings
    """What they are held against."""
    named: Callable[[Flow], Flow]
    """Takes a flow in the centre's own names, gives it in those of the switch."""


@dataclass(frozen=True, slots=True)
class CentreFlows:
    """Flows, and what is wrong with them and with the names of flows and prompts."""

    flows: dict[str, Editions]
    problems: list[Problem]
    complete: bool
    """False when some mistakes can only be found once these are mended."""
    cautions: list[Problem] = field(default_factory=list)
    centre: FlowCentre | None = None
    """Where they come from; None when there is no folder."""


def read_flows(
    reading: Reading,
    folder: Path | None,
    known: Collection[str],
    named_prompts: Named,
    store: FlowStore,
    named: Callable[[Flow], Flow] = _as_it_is,
) -> CentreFlows:
    """Of the configuration in ``reading``; ``known`` are the prompts it may name, ``named_prompts`` where it
    does; ``named`` gives a flow the names of the switch.
    """
    configuration = reading.configuration
    queues = {queue.name for queue in configuration.queues}
    surroundings = Surroundings(
        known,
        lambda name: why_no_target(f"{QUEUE_SCHEME}:{name}", queues) is None,
        lists={number_list.name for number_list in configuration.number_lists},
        calendars={calendar.name for calendar in configuration.calendars},
        boxes={box.name for box in configuration.message_boxes},
        lookups={service.name for service in configuration.lookups},
    )
    loaded = load_flows(folder, surroundings, store) if folder is not None else LoadedFlows({}, [])
    if not reading.whole:
        return CentreFlows(loaded.flows, [], complete=False)
    strangers = [*_unknown_flows(configuration, {*loaded.flows, *loaded.faulty})]
    # A target may mean the flow whose name cannot be read.
    told = [] if None in loaded.faulty else strangers
    unknown = _unknown_prompts(named_prompts, known, configuration.media.prompts)
    problems = [*of_documents(reading, loaded.problems), *reading.place([*unknown, *told])]
    complete = told == strangers and not isinstance(known, AnyName) and loaded.complete
    surroundings = replace(surroundings, flows=frozenset(loaded.flows))
    centre = FlowCentre(folder, store, surroundings, named) if folder is not None else None
    return CentreFlows(loaded.flows, problems, complete, loaded.cautions, centre)


def of_documents(reading: Reading, problems: list[Problem]) -> Iterator[Problem]:
    """Mistakes in prompts or flows, unless the mistake is that their folder is not there."""
    known = {problem.key for problem in reading.problems}
    return (problem for problem in problems if problem.key not in known)


def flow_store(published: Path, tenant: str = "") -> FlowStore:
    """Where the published flows of the house or of a tenant are; no tenant has the house's name."""
    return FlowStore(published / (tenant or "-house"))


class AnyName(Collection[str]):
    """Stands for names that cannot be known: none is wrong."""

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def known_prompts(folder: Path, usable: PromptLibrary, problems: list[Problem]) -> Collection[str]:
    """The names flows and queues may use. That a file or the whole folder is no good is told once, there."""
    if not folder.is_dir():
        return AnyName()
    return {*usable.names, *(problem.key for problem in problems)}


def named_by_house(configuration: Configuration) -> Iterator[tuple[KeyPath, str]]:
    """Also for all its calls, whoever they are for."""
    yield ("switch", "hold_music"), configuration.switch.hold_music
    yield ("dialling", "ring_back"), configuration.dialling.ring_back
    yield ("recordings", "beep"), configuration.recordings.beep
    yield ("acd", "auto_answer_tone"), configuration.acd.auto_answer_tone
    yield from named_by_centre(configuration)


def named_by_centre(configuration: Configuration) -> Iterator[tuple[KeyPath, str]]:
    """Every place of a call centre's sections that names a prompt, and which; empty means silence."""
    for index, queue in enumerate(configuration.queues):
        yield ("queues", index, "music"), queue.music
        for keys, name in prompts_of(queue):
            yield ("queues", index, *keys), name
    for index, box in enumerate(configuration.message_boxes):
        yield ("message_boxes", index, "tone"), box.tone
        for key, prompts in (("greeting", box.greeting), ("thanks", box.thanks)):
            for place, prompt in enumerate(prompts):
                yield ("message_boxes", index, key, place), prompt


def _unknown_prompts(named: Named, known: Collection[str], folder: Path) -> Iterator[Finding]:
    for path, name in named:
        if name and name not in known:
            yield Finding(path, f"the name of a prompt in {shown_path(folder)}")


def _unknown_flows(configuration: Configuration, known: set[str | None]) -> Iterator[Finding]:
    for path, target in targets(configuration):
        flow, _, asked = target.name.partition("?")
        if target.scheme == FLOW_SCHEME and (flow not in known or asked not in ("", DRAFT)):
            yield Finding(path, f"flow:<name>, one of {listed(sorted(filter(None, known)))}")
