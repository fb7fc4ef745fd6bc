"""espeak-ng, the engine that comes with the distribution: one process a text."""

from media.speech.program import Programs


class Espeak:
    """Gives espeak-ng the text on its standard input, so that no text can be an option or a command."""

    def __init__(self, programs: Programs, *, program: str, words_per_minute: int, timeout_s: float) -> None:
        self._programs = programs
        self._command = (program, "-b", "1", "-s", str(words_per_minute), "--stdin", "--stdout", "-v")
        self._timeout_s = timeout_s

    def synthesise(self, text: str, language: str, voice: str) -> bytes:
        return self._programs.run((*self._command, voice), text, self._timeout_s)

    def close(self) -> None:
        self._programs.close()
