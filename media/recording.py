"""What is recorded: the part of the shell around the core that begins, feeds and ends recordings."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from media import _core, commands
from media.names import Names, RecordingIdentity
from media.recordings.place import PARTS, place_of
from runtime.clock import Clock
from runtime.driver import Handler
from runtime.errors import UsageError
from runtime.vocabulary import Event

Answer = Iterable[Event]


class Recording:
    """Commands for recordings. Shares the engine's core and names; ``path``: the template of their places."""

    def __init__(self, core: _core.Core, names: Names, clock: Clock, path: str) -> None:
        self._core = core
        self._names = names
        self._clock = clock
        self._path = path
        self._recordings: dict[str, int] = {}

    def handlers(self) -> dict[type, Callable[[Any, int], Answer]]:
        """By the kind of command; each takes one and the endpoint of its leg."""
        return {
            commands.AttachToRecording: self._attach,
            commands.DetachFromRecording: self._detach,
        }

    def routes(self) -> dict[type, Handler]:
        """Of commands that name no leg."""
        return {
            commands.StartRecording: self._start,
            commands.PauseRecording: self._pause,
            commands.StopRecording: self._stop,
        }

    def end(self, recording_id: str) -> None:
        """It takes no more, whoever ended it."""
        recording = self._recordings.pop(recording_id, None)
        if recording is not None:
            self._core.stop_recording(recording)

    def forget_all(self) -> None:
        """The core is closed, and they with it."""
        self._recordings.clear()

    def _start(self, command: commands.StartRecording, now: float) -> Answer:
        identity = RecordingIdentity(command.recording_id, command.contact_id, command.call_id)
        place = self._place_of(command)
        try:
            recording = self._core.start_recording(place)
        except OSError as fault:
            return [identity.failed("", str(fault))]
        self._recordings[command.recording_id] = recording
        self._names.recordings[recording] = identity
        return ()

    def _attach(self, command: commands.AttachToRecording, endpoint: int) -> Answer:
        recording = self._recordings.get(command.recording_id)
        if recording is not None:
            self._core.attach(recording, endpoint, command.channel)
        return ()

    def _detach(self, command: commands.DetachFromRecording, endpoint: int) -> Answer:
        self._core.detach(endpoint)
        return ()

    def _pause(self, command: commands.PauseRecording, now: float) -> Answer:
        recording = self._recordings.get(command.recording_id)
        if recording is not None:
            self._core.pause_recording(recording, (command.customer, command.agent))
        return ()

    def _stop(self, command: commands.StopRecording, now: float) -> Answer:
        self.end(command.recording_id)
        return ()

    def _place_of(self, command: commands.StartRecording) -> str:
        recording_id = command.recording_id
        if recording_id in self._recordings:
            raise UsageError(f"recording {recording_id} is under way already")
        if not recording_id or Path(recording_id).name != recording_id:
            raise UsageError(f"recording id {recording_id!r} cannot be a file name")
        date, hour = time.strftime("%Y-%m-%d %H", time.localtime(self._clock.wall())).split()
        names = {name: getattr(command, name, "") for name in PARTS} | {"date": date, "hour": hour}
        return f"{place_of(self._path, names)}.wav"
