"""The shell that reads pieces of recordings for phones, each in a process of its own."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import structlog

from media.prompts import SAMPLE_RATE_HZ, Samples
from media.recordings.excerpt import from_octets
from media.recordings.tiers import Access
from runtime.driver import Handler, Outputs, ignoring_time
from runtime.errors import PeerError, UsageError
from runtime.vocabulary import Command
from switch.archive.listening.finding import Row
from switch.archive.listening.sound import Sound, SoundGone, look_at
from switch.archive.phone.commands import ForgetExcerpt, ReadExcerpt, TakeExcerpt

_MOST_AT_A_TIME = 4
_LONGEST_S = 60.0

T = TypeVar("T")

log = structlog.get_logger(__name__)

KeepPrompt = Callable[[str, Samples, Samples], None]
"""Takes a name, and the sound at 8 and at 16 kHz."""


class ExcerptReader:
    """Answers each ReadExcerpt with a TakeExcerpt. Nobody waits for it but who listens."""

    def __init__(
        self,
        look_up: Callable[[str], Row],
        access: Access,
        keep: KeepPrompt,
        forget: Callable[[str], None],
        submit: Callable[[Command], None],
    ) -> None:
        """``look_up`` finds a recording by its id or the beginning of it, and waits for the database; raises
        UsageError. ``keep`` and ``forget`` prompts where playbacks find them.
        """
        self._look_up = look_up
        self._access = access
        self._keep = keep
        self._forget = forget
        self._submit = submit
        self._threads = ThreadPoolExecutor(_MOST_AT_A_TIME, thread_name_prefix="by-phone")
        self._room = asyncio.Semaphore(_MOST_AT_A_TIME)
        self._reading: set[asyncio.Task[None]] = set()

    def routes(self) -> dict[type, Handler]:
        return {
            ReadExcerpt: ignoring_time(self._begin),
            ForgetExcerpt: ignoring_time(self._forget_excerpt),
        }

    def close(self) -> None:
        for task in self._reading:
            task.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def find(self, recording_id: str) -> tuple[Row, Sound]:
        """A recording and its file as it lies now. Raises UsageError, SoundGone."""
        recording = await self._do(self._look_up, recording_id)
        return recording, await self._do(look_at, recording, self._access)

    def _begin(self, command: ReadExcerpt) -> Outputs:
        task = asyncio.get_running_loop().create_task(self._read(command))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)
        return ()

    def _forget_excerpt(self, command: ForgetExcerpt) -> Outputs:
        self._forget(command.prompt)
        return ()

    async def _read(self, command: ReadExcerpt) -> None:
        length_ms, problem = 0, None
        try:
            async with self._room:
                length_ms = await self._load(command)
        except (UsageError, PeerError, OSError) as error:
            problem = str(error)
            log.warning(
                "a recording cannot be played to a phone", recording=command.recording_id, reason=problem
            )
        except Exception:  # a fault of ours must not leave the listener waiting in silence
            problem = "a fault of the switch; its log says more"
            log.exception("a recording cannot be played to a phone", recording=command.recording_id)
        taken = TakeExcerpt(
            call_id=command.call_id, prompt=command.prompt, length_ms=length_ms, problem=problem
        )
        self._submit(taken)

    async def _load(self, command: ReadExcerpt) -> int:
        """Returns its length in milliseconds."""
        _, sound = await self.find(command.recording_id)
        narrow, wide = from_octets(await self._run(command, sound))
        if len(narrow):
            await self._do(self._keep, command.prompt, narrow, wide)
        return len(narrow) * 1000 // SAMPLE_RATE_HZ

    async def _run(self, command: ReadExcerpt, sound: Sound) -> bytes:
        """What the process that reads it wrote. Raises SoundGone, OSError."""
        window = (command.channels, str(command.from_ms), str(command.length_ms))
        module = (sys.executable, "-m", "media.recordings.excerpt")
        arguments = (*module, str(sound.lies), self._access.model_dump_json(), *window)
        process = await asyncio.create_subprocess_exec(*arguments, stdout=PIPE, stderr=PIPE)
        try:
            octets, complaint = await asyncio.wait_for(process.communicate(), _LONGEST_S)
        finally:
            with suppress(ProcessLookupError):
                process.kill()
        if process.returncode:
            lines = complaint.decode(errors="replace").strip().splitlines() or ["the process was ended"]
            raise SoundGone(lines[-1])
        return octets

    def _do(self, work: Callable[..., T], *arguments: object) -> Awaitable[T]:
        return asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
