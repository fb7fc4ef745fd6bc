"""Plays dialogues on the real interpreter and the manual clock, and tells what came of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ivr.document import Flow
from ivr.events import FlowResumed
from ivr.testing.coverage import Reached
from ivr.testing.document import RECOGNISER, Answer, Failing, Speech, Step
from ivr.testing.expecting import Mismatch, mismatch
from ivr.testing.reader import TestFile
from ivr.testing.scene import Scene
from ivr.testing.telling import done, told
from ivr.walk import Rules


@dataclass(frozen=True, slots=True)
class Failure:
    """The first thing in a dialogue that was not as expected."""

    line: int
    expected: str
    happened: str


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one dialogue."""

    flow: str
    file: str
    name: str
    line: int
    failure: Failure | None
    transcript: tuple[str, ...]
    """A line for each thing that happened, its second first."""
    reached: Reached


def play_all(tests: TestFile, flows: Mapping[str, Flow], rules: Rules) -> Iterator[Played]:
    """Every dialogue of a file, each as a call of its own."""
    return (_Player(tests, name, flows, rules).play() for name in tests.document.dialogues)


class _Player:
    def __init__(self, tests: TestFile, name: str, flows: Mapping[str, Flow], rules: Rules) -> None:
        self._tests = tests
        self._name = name
        self._flows = flows
        self._scene = Scene(tests.document.caller(name), flows, rules)
        self._story: list[str] = []
        self._seen = 0

    def play(self) -> Played:
        flow = self._tests.document.flow
        self._tell(f"— call from {self._scene.call.caller_number}")
        self._scene.begin(flow)
        failure = next(filter(None, map(self._step, self._numbered())), None)
        self._catch_up()
        return Played(
            flow,
            self._tests.file,
            self._name,
            self._tests.line_of(self._name, 0),
            failure,
            tuple(self._story),
            Reached.by([output for _, output in self._scene.trail], self._flows),
        )

    def _numbered(self) -> Iterator[tuple[int, Step]]:
        return enumerate(self._tests.document.dialogues[self._name])

    def _step(self, numbered: tuple[int, Step]) -> Failure | None:
        place, step = numbered
        self._catch_up()
        words = done(step)
        if words is not None:
            self._tell(words)
            self._scene.latest.clear()
        wrong = self._act(step)
        key = "" if wrong is None else wrong.key
        if wrong is None and step.expect is not None:
            wrong = mismatch(step.expect, self._scene)
            key = "expect"
        if wrong is None:
            return None
        line = self._tests.line_of(self._name, place, key, wrong.key)
        return Failure(line, f"{wrong.key} {wrong.expected}", wrong.happened)

    def _act(self, step: Step) -> Mismatch | None:
        """Do what a step says. A step that nothing can come of is told, because it cannot be meant."""
        for key in step.model_fields_set & _ACTS.keys():
            value = getattr(step, key)
            if value is not None and value is not False:
                return _ACTS[key](self._scene, value)
        return None

    def _tell(self, words: str) -> None:
        self._story.append(f"{self._scene.clock.now():7.1f} s  {words}")

    def _catch_up(self) -> None:
        for at, output in self._scene.trail[self._seen :]:
            if (words := told(output)) is not None:
                self._story.append(f"{at:7.1f} s    {words}")
        self._seen = len(self._scene.trail)


def _press(scene: Scene, keys: str) -> Mismatch | None:
    if not scene.is_in_flow:
        return Mismatch("press", f"{keys} while the call is in the flow", "the flow has given it away")
    scene.press(keys)
    return None


def _wait(scene: Scene, seconds: float) -> None:
    scene.wait(seconds)


def _hear_out(scene: Scene, _: bool) -> None:
    scene.hear_out()


def _answer(scene: Scene, answer: Answer) -> Mismatch | None:
    name = answer.whom
    return None if scene.answer(name, answer.document) else _not_asked(scene, "answer", name)


def _says(scene: Scene, speech: Speech) -> Mismatch | None:
    """As a speech server tells it."""
    heard = {"text": speech.text, "meaning": speech.meaning or "", "confidence": speech.confidence}
    return None if scene.answer(RECOGNISER, heard) else _not_asked(scene, "says", RECOGNISER)


def _fails(scene: Scene, failing: Failing) -> Mismatch | None:
    name = failing.whom
    return None if scene.fail(name, failing.reason) else _not_asked(scene, "fails", name)


def _not_asked(scene: Scene, key: str, name: str) -> Mismatch:
    awaited = ", ".join(scene.awaited) or "nobody"
    return Mismatch(key, f"of {name}, which is asked", f"the flow waits for {awaited}")


def _comes_back(scene: Scene, outcome: str) -> Mismatch | None:
    scene.come_back(outcome)
    if any(isinstance(output, FlowResumed) for output in scene.latest):
        return None
    return Mismatch("comes_back", f"{outcome} of a call that was lent", "the flow has lent it to nobody")


def _hang_up(scene: Scene, _: bool) -> None:
    scene.hang_up()


_ACTS: Mapping[str, Callable[[Scene, Any], Mismatch | None]] = {
    "says": _says,
    "press": _press,
    "wait": _wait,
    "hear_out": _hear_out,
    "answer": _answer,
    "fails": _fails,
    "comes_back": _comes_back,
    "hang_up": _hang_up,
}
