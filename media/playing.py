"""What legs are played and which keys are pressed on them: the part of the shell around the core for that."""

from collections.abc import Callable, Iterable
from typing import Any

from media import _core, commands
from media.events import PlaybackEnded
from media.names import Names
from runtime.vocabulary import Event

Answer = Iterable[Event]


class Playing:
    """Commands for prompts and digits. Shares the engine's core and names."""

    def __init__(self, core: _core.Core, names: Names) -> None:
        self._core = core
        self._names = names

    def handlers(self) -> dict[type, Callable[[Any, int], Answer]]:
        """By the kind of command; each takes one and the endpoint of its leg."""
        return {
            commands.StartPlayback: self._start_playback,
            commands.StopPlayback: self._stop_playback,
            commands.PausePlayback: self._pause_playback,
            commands.ResumePlayback: self._resume_playback,
            commands.SeekPlayback: self._seek_playback,
            commands.SkipPlayback: self._skip_playback,
            commands.SetPlaybackGain: self._set_playback_gain,
            commands.SendDigits: self._send_digits,
        }

    def _start_playback(self, command: commands.StartPlayback, endpoint: int) -> Answer:
        try:
            playback = self._begin(command, endpoint)
        except OSError as missing:  # a prompt that is not in the library
            return [_never_played(command, str(missing))]
        self._names.playbacks[playback] = command.playback_id
        return ()

    def _begin(self, command: commands.StartPlayback, endpoint: int) -> int:
        prompts = list(command.prompts)
        if command.laid_over:
            return self._core.lay_over(endpoint, prompts, gain_db=command.gain_db)
        return self._core.start_playback(
            endpoint,
            prompts,
            times=command.times,
            gain_db=command.gain_db,
            barge_in=command.barge_in,
            shared=command.shared,
        )

    def _stop_playback(self, command: commands.StopPlayback, endpoint: int) -> Answer:
        self._core.stop_playback(endpoint)
        return ()

    def _pause_playback(self, command: commands.PausePlayback, endpoint: int) -> Answer:
        self._core.pause_playback(endpoint)
        return ()

    def _resume_playback(self, command: commands.ResumePlayback, endpoint: int) -> Answer:
        self._core.resume_playback(endpoint)
        return ()

    def _seek_playback(self, command: commands.SeekPlayback, endpoint: int) -> Answer:
        self._core.seek_playback(endpoint, max(0, command.position_ms))
        return ()

    def _skip_playback(self, command: commands.SkipPlayback, endpoint: int) -> Answer:
        self._core.skip_playback(endpoint, command.offset_ms)
        return ()

    def _set_playback_gain(self, command: commands.SetPlaybackGain, endpoint: int) -> Answer:
        self._core.set_playback_gain(endpoint, command.gain_db)
        return ()

    def _send_digits(self, command: commands.SendDigits, endpoint: int) -> Answer:
        self._core.send_digits(
            endpoint,
            command.digits,
            press_ms=command.press_ms,
            pause_ms=command.pause_ms,
            volume=-command.level_dbm0,
        )
        return ()


def _never_played(command: commands.StartPlayback, problem: str) -> PlaybackEnded:
    return PlaybackEnded(
        playback_id=command.playback_id, leg_id=command.leg_id, reason="failed", problem=problem
    )
