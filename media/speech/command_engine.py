"""Any program that reads a text and writes a sound, for sites with an engine of their own."""

from collections.abc import Sequence

from media.speech.program import Programs


class CommandEngine:
    """Runs a command whose arguments name what is asked: ``{voice}``, ``{language}``."""

    def __init__(self, programs: Programs, *, command: Sequence[str], timeout_s: float) -> None:
        self._programs = programs
        self._command = tuple(command)
        self._timeout_s = timeout_s

    def synthesise(self, text: str, language: str, voice: str) -> bytes:
        filled = [part.replace("{language}", language).replace("{voice}", voice) for part in self._command]
        return self._programs.run(filled, text, self._timeout_s)

    def close(self) -> None:
        self._programs.close()
