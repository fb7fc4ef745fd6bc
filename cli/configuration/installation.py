"""Everything people wrote for a switch: its configuration, its flows, its prompts."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from acd.config import QUEUE_SCHEME
from acd.config_problems import why_no_target
from acd.spoken import prompts_of
from cli.configuration.cautions import find_cautions
from cli.configuration.cross_references import targets
from cli.configuration.loading import ConfigurationError, Reading, read_configuration
from cli.configuration.sections import Configuration
from cli.paths import shown_path
from ivr.check import Surroundings
from ivr.config import FLOW_SCHEME
from ivr.document import Flow
from ivr.loader import LoadedFlows, load_flows
from media.prompts import PromptLibrary, load_prompts
from runtime.problems import Finding, KeyPath, Problem, listed
from switch.trunks.area_file import load_areas
from switch.trunks.areas import Areas


@dataclass(frozen=True, slots=True)
class Installation:
    """What ``serve`` starts from, without a mistake."""

    configuration: Configuration
    flows: dict[str, Flow]
    prompts: PromptLibrary
    areas: Areas
    cautions: tuple[Problem, ...]
    """What is no mistake, and yet seldom what was meant."""


def load_installation(path: Path) -> Installation:
    """Read the configuration at ``path`` and the flows and prompts it names.

    Raises ConfigurationError with every mistake in all of them at once.
    """
    reading = read_configuration(path)
    configuration = reading.configuration
    files, prompt_problems = load_prompts(configuration.media.prompts)
    prompts = files.with_tones(configuration.tones)
    known = _known_prompts(configuration.media.prompts, prompts, prompt_problems)
    queues = {queue.name for queue in configuration.queues}
    surroundings = Surroundings(known, lambda name: why_no_target(f"{QUEUE_SCHEME}:{name}", queues) is None)
    loaded = load_flows(configuration.ivr.flows, surroundings)
    problems, complete = [*reading.problems], False
    if reading.whole:
        strangers = [*_unknown_flows(configuration, {*loaded.flows, *loaded.faulty})]
        # A target may mean the flow whose name cannot be read.
        told = [] if None in loaded.faulty else strangers
        problems += _documents(reading, prompt_problems, loaded)
        problems += reading.place([*_unknown_prompts(configuration, known), *told])
        complete = told == strangers and not isinstance(known, _AnyName)
    areas, area_problems = load_areas(configuration.areas, configuration.numbering.areas_file)
    problems += area_problems
    if problems:
        raise ConfigurationError(problems, complete=complete)
    own_stations = len(reading.positions.get("stations", ()))
    cautions = tuple(reading.place(find_cautions(configuration, own_stations)))
    return Installation(_without_passwords(configuration), loaded.flows, prompts, areas, cautions)


def _without_passwords(configuration: Configuration) -> Configuration:
    """The same with the stations' passwords as hashes only: no running switch needs them."""
    realm = configuration.sip.realm
    stations = [station.without_password(realm) for station in configuration.stations]
    return configuration.model_copy(update={"stations": stations})


class _AnyName(Collection[str]):
    """Stands for names that cannot be known: none is wrong."""

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _known_prompts(folder: Path, usable: PromptLibrary, problems: list[Problem]) -> Collection[str]:
    """The names flows and queues may use. That a file or the whole folder is no good is told once, there."""
    if not folder.is_dir():
        return _AnyName()
    return {*usable.names, *(problem.key for problem in problems)}


def _documents(reading: Reading, prompts: list[Problem], loaded: LoadedFlows) -> Iterator[Problem]:
    """Mistakes in prompts and flows, unless the mistake is that their folder is not there."""
    known = {problem.key for problem in reading.problems}
    return (problem for problem in (*prompts, *loaded.problems) if problem.key not in known)


def _unknown_prompts(configuration: Configuration, known: Collection[str]) -> Iterator[Finding]:
    for path, name in _named_prompts(configuration):
        if name and name not in known:
            yield Finding(path, f"the name of a prompt in {shown_path(configuration.media.prompts)}")


def _named_prompts(configuration: Configuration) -> Iterator[tuple[KeyPath, str]]:
    """Every place that names a prompt, and which; empty means silence."""
    yield ("switch", "hold_music"), configuration.switch.hold_music
    yield ("dialling", "ring_back"), configuration.dialling.ring_back
    yield ("recordings", "beep"), configuration.recordings.beep
    for index, queue in enumerate(configuration.queues):
        yield ("queues", index, "music"), queue.music
        for keys, name in prompts_of(queue):
            yield ("queues", index, *keys), name
        yield ("queues", index, "callback_prompt"), queue.callback_prompt
    for index, box in enumerate(configuration.message_boxes):
        yield ("message_boxes", index, "tone"), box.tone
        for key, prompts in (("greeting", box.greeting), ("thanks", box.thanks)):
            for place, prompt in enumerate(prompts):
                yield ("message_boxes", index, key, place), prompt


def _unknown_flows(configuration: Configuration, known: set[str | None]) -> Iterator[Finding]:
    for path, target in targets(configuration):
        if target.scheme == FLOW_SCHEME and target.name not in known:
            yield Finding(path, f"flow:<name>, one of {listed(sorted(filter(None, known)))}")
