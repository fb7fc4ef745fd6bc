"""The shell that makes prompts of what was said at a station, and puts them into the library."""

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import soundfile
import structlog

from media.prompt_file import prompt_file, samples_of
from media.prompt_import import SOUNDS, prompt_path
from media.prompts import Samples
from runtime.driver import Handler, Outputs, ignoring_time
from runtime.errors import UsageError
from runtime.vocabulary import Command
from switch.prompt_recording.commands import ForgetTake, KeepTake, ReadTake, TakeWasKept, TakeWasRead

log = structlog.get_logger(__name__)

KeepPrompt = Callable[[str, Samples, Samples], None]
"""Takes a name, and the sound at 8 and at 16 kHz."""
PlaceOf = Callable[[str], tuple[Path, str]]
"""Takes a prompt's name in the switch; the folder of the library it belongs to, and its name there. Raises
UsageError."""
_FULL_SCALE = np.float32(32768)


class Takes:
    """Answers each ReadTake and KeepTake, from a thread of its own."""

    def __init__(
        self,
        place_of: PlaceOf,
        *,
        keep: KeepPrompt,
        forget: Callable[[str], object],
        submit: Callable[[Command], object],
    ) -> None:
        """``keep`` and ``forget`` prompts where playbacks find them; ``keep`` and ``submit`` are called on a
        thread.
        """
        self._place_of = place_of
        self._keep = keep
        self._forget = forget
        self._submit = submit
        self._files: dict[str, bytes] = {}
        """Takes as they are to lie in the library."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="prompt-takes")

    def routes(self) -> dict[type, Handler]:
        return {
            ReadTake: ignoring_time(self._begin_reading),
            KeepTake: ignoring_time(self._begin_keeping),
            ForgetTake: ignoring_time(self._forget_take),
        }

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _begin_reading(self, command: ReadTake) -> Outputs:
        self._thread.submit(self._answer, self._read, command)
        return ()

    def _begin_keeping(self, command: KeepTake) -> Outputs:
        self._thread.submit(self._answer, self._keep_take, command)
        return ()

    def _forget_take(self, command: ForgetTake) -> Outputs:
        self._files.pop(command.take, None)
        self._forget(command.take)
        return ()

    def _answer(self, work: Callable[[Command], Command], command: Command) -> None:
        """On the thread."""
        with suppress(RuntimeError):  # the loop is closed already
            self._submit(work(command))

    def _read(self, command: Command) -> TakeWasRead:
        assert isinstance(command, ReadTake)
        try:
            file = prompt_file(*_said(Path(command.path), command.cut_ms))
            samples = samples_of(file)
            self._keep(command.take, samples.narrow, samples.wide)
            self._files[command.take] = file
        except Exception as fault:
            return TakeWasRead(call_id=command.call_id, take=command.take, problem=_told(fault))
        return TakeWasRead(call_id=command.call_id, take=command.take)

    def _keep_take(self, command: Command) -> TakeWasKept:
        assert isinstance(command, KeepTake)
        try:
            file = self._files[command.take]
            folder, name = self._place_of(command.prompt)
            replaced = put_into_library(prompt_path(folder, name), file)
            samples = samples_of(file)
            self._keep(command.prompt, samples.narrow, samples.wide)
        except Exception as fault:
            return TakeWasKept(call_id=command.call_id, length_ms=0, replaced=False, problem=_told(fault))
        return TakeWasKept(call_id=command.call_id, length_ms=samples.length_ms, replaced=replaced)


def put_into_library(path: Path, file: bytes) -> bool:
    """A prompt's file in place of the one before, which stays hidden beside it.

    Returns whether there was one. Raises OSError.
    """
    present = [beside for suffix in SOUNDS if (beside := path.with_suffix(suffix)).exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(file)
    for before in present:
        hidden = before.with_name(f".{before.name}.before")
        shutil.copy2(before, hidden)
    os.replace(new, path)
    for before in present:
        if before != path:  # one name, one file
            before.unlink()
    return bool(present)


def _said(path: Path, cut_ms: int) -> tuple[np.ndarray[tuple[int], np.dtype[np.float32]], int]:
    """The left channel of a recording without its end, full scale 1, and its rate."""
    samples, rate_hz = soundfile.read(path, dtype="int16", always_2d=True)
    length = max(0, len(samples) - cut_ms * rate_hz // 1000)
    return samples[:length, 0].astype(np.float32) / _FULL_SCALE, rate_hz


def _told(fault: Exception) -> str:
    """Why, for people; a fault of ours is told too, since somebody waits at the phone."""
    if not isinstance(fault, UsageError | OSError | soundfile.LibsndfileError):
        log.exception("a prompt cannot be recorded")
    return str(fault)
