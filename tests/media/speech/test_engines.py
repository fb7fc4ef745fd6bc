"""Programs that speak: the real espeak-ng, and ones that hang, fail, are missing, wrong or never end."""

import os
import select
import sys
import threading
import time
from pathlib import Path

import pytest

from media.prompt_file import samples_of
from media.prompt_sound import loudness_db
from media.prompts import WIDE_RATE_HZ
from media.speech import program
from media.speech.command_engine import CommandEngine
from media.speech.config import SpeechEngineConfig
from media.speech.engine import EngineFailed, EngineMissing, NothingSaid, as_prompt_file
from media.speech.program import Programs
from media.speech.service import build_engine

SHIPPED = SpeechEngineConfig(name="espeak", kind="espeak")


def python(code: str, *arguments: str, timeout_s: float = 20) -> CommandEngine:
    """An engine that is a program of Python."""
    command = [sys.executable, "-c", code, *arguments]
    return CommandEngine(Programs(time.monotonic), command=command, timeout_s=timeout_s)


@pytest.mark.parametrize(
    ("language", "text"), [("zh", "您好，您的电费余额为十二元。"), ("en", "Your balance is twelve yuan.")]
)
def test_espeak_speaks_chinese_and_english_as_loud_as_other_prompts(language: str, text: str) -> None:
    said = build_engine(SHIPPED, time.monotonic).synthesise(text, language, SHIPPED.voices[language])
    samples = samples_of(as_prompt_file(said))
    assert 1000 < samples.length_ms < 6000
    assert abs(len(samples.wide) - 2 * len(samples.narrow)) <= 2
    loudness = loudness_db(samples.wide / 32768, WIDE_RATE_HZ)
    assert loudness == pytest.approx(-20, abs=2)


def test_espeak_says_the_same_each_time_and_other_texts_otherwise() -> None:
    engine = build_engine(SHIPPED, time.monotonic)
    first, again, other = (engine.synthesise(text, "zh", "cmn-latn-pinyin") for text in ("一", "一", "二"))
    assert first == again != other


@pytest.mark.parametrize("text", ["--version", "-f /etc/passwd", "$(touch x)", "<speak>", "`id`", "\\x00"])
def test_no_text_is_an_option_or_a_command(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = build_engine(SHIPPED, time.monotonic).synthesise(text, "en", "en-us")
    assert said.startswith(b"RIFF")
    assert list(tmp_path.iterdir()) == []


def test_a_text_of_many_pages_is_said_within_its_time() -> None:
    said = build_engine(SHIPPED, time.monotonic).synthesise("您好。" * 1000, "zh", "cmn-latn-pinyin")
    assert samples_of(as_prompt_file(said[:20_000_000])).length_ms > 100_000


def test_a_voice_espeak_has_not_is_a_failure_with_its_words() -> None:
    with pytest.raises(EngineFailed, match="voice does not exist"):
        build_engine(SHIPPED, time.monotonic).synthesise("好", "zh", "xx-nothing")


def test_espeak_that_is_not_installed_is_missing() -> None:
    config = SHIPPED.model_copy(update={"program": "/nowhere/espeak-ng"})
    with pytest.raises(EngineMissing, match="/nowhere/espeak-ng cannot be started"):
        build_engine(config, time.monotonic).synthesise("好", "zh", "cmn")


def test_a_program_reads_the_text_in_utf8_and_has_its_arguments_filled_in() -> None:
    code = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read() + '|'.join(sys.argv[1:]).encode())"
    engine = python(code, "--voice={voice}", "{language}", "a {b} $HOME")
    assert engine.synthesise("电费", "zh", "晓艺").decode() == "电费--voice=晓艺|zh|a {b} $HOME"


def test_a_program_steps_aside_for_calls() -> None:
    code = "import os\nwhile os.getpriority(os.PRIO_PROCESS, 0) < 5: pass\nprint('after you')"
    assert python(code).synthesise("好", "zh", "x") == b"after you\n"


def test_a_program_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    child = (
        "import sys, time; file = open(sys.argv[1], 'w'); file.write('here'); file.flush(); time.sleep(600)"
    )
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}, sys.argv[1]])"
    path = tmp_path / "held by the child"
    os.mkfifo(path)
    held = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    began = time.monotonic()
    with pytest.raises(EngineFailed, match="not ready after 5 seconds"):
        python(code, str(path), timeout_s=5).synthesise("好", "zh", "x")
    assert time.monotonic() - began < 20
    assert os.read(held, 100) == b"here"
    assert _is_closed_by_all(held)
    os.close(held)


def test_a_program_that_keeps_silent_with_its_output_closed_is_ended_too() -> None:
    engine = python("import os, time; os.close(1); time.sleep(600)", timeout_s=1)
    with pytest.raises(EngineFailed, match="not ready after 1 seconds"):
        engine.synthesise("好", "zh", "x")


def test_a_program_that_fails_is_quoted_by_its_last_line() -> None:
    engine = python("import sys; print('one\\n许可证已过期', file=sys.stderr); sys.exit(3)")
    with pytest.raises(EngineFailed, match="ended with 3: 许可证已过期"):
        engine.synthesise("好", "zh", "x")


def test_a_program_that_never_stops_writing_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "MOST_BYTES", 1_000_000)
    engine = python("import sys\nwhile True: sys.stdout.buffer.write(bytes(65536))")
    with pytest.raises(EngineFailed, match="more than"):
        engine.synthesise("好", "zh", "x")


def test_closing_ends_what_runs_and_lets_nothing_begin() -> None:
    programs = Programs(time.monotonic)
    assert _seconds_until_closed(programs) < 15
    with pytest.raises(EngineFailed, match="being stopped"):
        programs.run([sys.executable, "-c", ""], "", 20)


@pytest.mark.parametrize("said", [b"", b"<html>503</html>", b"RIFF\x00\x00\x00\x00WAVE"])
def test_what_is_no_sound_is_the_engines_failure(said: bytes) -> None:
    with pytest.raises(EngineFailed, match="no prompt"):
        as_prompt_file(said)


def test_a_text_without_anything_to_say_is_not() -> None:
    said = build_engine(SHIPPED, time.monotonic).synthesise("。", "zh", "cmn-latn-pinyin")
    with pytest.raises(NothingSaid):
        as_prompt_file(said)


def _seconds_until_closed(programs: Programs) -> float:
    """How long a program that hangs ran that was closed as soon as it was under way."""
    began = time.monotonic()
    closer = threading.Thread(target=_close_when_running, args=[programs])
    closer.start()
    with pytest.raises(EngineFailed):
        programs.run([sys.executable, "-c", "import time; time.sleep(600)"], "", 20)
    closer.join()
    return time.monotonic() - began


def _close_when_running(programs: Programs) -> None:
    until = time.monotonic() + 10
    while not programs._running and time.monotonic() < until:
        pass
    programs.close()


def _is_closed_by_all(held: int) -> bool:
    """Whether nobody is left who could write, as soon as that is so."""
    poll = select.poll()
    poll.register(held, 0)
    return any(event & select.POLLHUP for _, event in poll.poll(10_000))
