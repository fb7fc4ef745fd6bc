"""``ringmain prompts``: the library as a table, recordings brought in, values spoken."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner, Result

from cli.commands import app
from media.prompt_sound import loudness_db
from media.prompts import load_prompts

SHIPPED = Path(__file__).parents[2] / "conf" / "ringmain.toml"


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["prompts", *map(str, words)])


def speech(seconds: float, rate_hz: int, loudness: float) -> Any:
    """A voice-like sound with a second of silence around it."""
    time = np.arange(int(seconds * rate_hz)) / rate_hz
    sound = loudness * np.sin(2 * np.pi * 300 * time) * (1 + np.sin(2 * np.pi * 3 * time)) / 2
    silence = np.zeros(rate_hz)
    return np.concatenate([silence, sound, silence])


class TestList:
    def test_each_prompt_has_its_length_and_loudness(self) -> None:
        found = json.loads(run("list", "zh/digits/", "--config", SHIPPED, "--json").stdout)
        assert [prompt["prompt"] for prompt in found][:3] == ["zh/digits/0", "zh/digits/1", "zh/digits/2"]
        assert all(0.1 < prompt["length_s"] < 2 for prompt in found)
        assert all(-24 < prompt["loudness_db"] < -14 for prompt in found)

    def test_silence_is_told(self, configuration_path: Path) -> None:
        assert "silent" in run("list", "--config", configuration_path).stdout


class TestImport:
    @pytest.mark.parametrize(
        ("rate_hz", "kept_hz"), [(8000, 8000), (11025, 8000), (16000, 16000), (48000, 16000)]
    )
    def test_a_recording_becomes_a_prompt_of_the_others_length_and_loudness(
        self, configuration_path: Path, tmp_path: Path, rate_hz: int, kept_hz: int
    ) -> None:
        source = tmp_path / "studio.flac"
        sound = speech(1.5, rate_hz, 0.05)
        soundfile.write(source, np.column_stack([sound, sound]), rate_hz)
        result = run("import", source, "--as", "zh/您好", "--config", configuration_path, "--json")
        assert result.exit_code == 0, result.output
        (made,) = json.loads(result.stdout)
        kept, written_hz = soundfile.read(made["path"])
        assert written_hz == made["rate_hz"] == kept_hz
        assert kept.shape == (pytest.approx(1.5 * kept_hz, abs=0.1 * kept_hz),)
        assert loudness_db(kept, kept_hz) == pytest.approx(-20, abs=1.5)
        library, problems = load_prompts(configuration_path.parent / "prompts")
        assert (library.names, problems) == (("hello", "zh/您好"), [])

    def test_several_keep_their_names_in_a_folder(self, configuration_path: Path, tmp_path: Path) -> None:
        for name in ("one", "two"):
            soundfile.write(tmp_path / f"{name}.wav", speech(0.5, 8000, 0.3), 8000)
        result = run(
            "import", tmp_path / "one.wav", tmp_path / "two.wav", "--as", "en/", "-c", configuration_path
        )
        assert result.exit_code == 0, result.output
        assert [line.split()[0] for line in result.stdout.splitlines()] == ["en/one", "en/two"]

    def test_what_is_there_is_replaced_when_asked(self, configuration_path: Path, tmp_path: Path) -> None:
        source = tmp_path / "new.wav"
        soundfile.write(source, speech(0.5, 8000, 0.3), 8000)
        there = configuration_path.parent / "prompts" / "hello.wav"
        before = there.read_bytes()
        refused = run("import", source, "--as", "hello", "-c", configuration_path)
        assert (refused.exit_code, there.read_bytes()) == (1, before)
        assert "is there already" in refused.stderr
        assert run("import", source, "--as", "hello", "--replace", "-c", configuration_path).exit_code == 0
        assert there.read_bytes() != before

    def test_another_format_of_the_same_name_must_go(self, configuration_path: Path, tmp_path: Path) -> None:
        source = tmp_path / "new.wav"
        soundfile.write(source, speech(0.5, 8000, 0.3), 8000)
        soundfile.write(configuration_path.parent / "prompts" / "bye.flac", np.zeros(800), 8000)
        refused = run("import", source, "--as", "bye", "--replace", "-c", configuration_path)
        assert (refused.exit_code, "remove it first" in refused.stderr) == (1, True)

    @pytest.mark.parametrize("name", ["../secret", "/etc/x", "zh//a", "a\\b", ".hidden", ""])
    def test_no_name_leads_out_of_the_library(
        self, configuration_path: Path, tmp_path: Path, name: str
    ) -> None:
        source = tmp_path / "new.wav"
        soundfile.write(source, speech(0.5, 8000, 0.3), 8000)
        assert run("import", source, "--as", name, "-c", configuration_path).exit_code == 1
        assert [path.name for path in (configuration_path.parent / "prompts").rglob("*")] == ["hello.wav"]

    def test_what_is_no_sound_or_silent_is_refused(self, configuration_path: Path, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("x")
        soundfile.write(tmp_path / "silent.wav", np.zeros(8000), 8000)
        for source, told in (
            ("notes.txt", "cannot be a prompt"),
            ("silent.wav", "silent"),
            ("gone.wav", "cannot be"),
        ):
            refused = run("import", tmp_path / source, "--as", "new", "-c", configuration_path)
            assert (refused.exit_code, told in refused.stderr) == (1, True), refused.output


class TestSay:
    def test_a_value_is_told_by_its_prompts_and_written_to_hear(self, tmp_path: Path) -> None:
        heard = tmp_path / "heard.wav"
        result = run("say", "money", "2.20", "--config", SHIPPED, "-o", heard, "--json")
        names = ["zh/numbers/two", "zh/money/yuan", "zh/numbers/two", "zh/money/jiao"]
        assert json.loads(result.stdout) == {"prompts": names, "missing": []}
        library, _ = load_prompts(SHIPPED.parent / "prompts")
        assert soundfile.info(heard).frames == sum(len(library.samples(name)) for name in names)

    def test_a_negative_number_is_a_value_too(self) -> None:
        result = run("say", "number", "--config", SHIPPED, "--language", "en", "--", "-3")
        assert "en/numbers/minus, en/digits/3" in result.stdout

    def test_missing_prompts_are_named(self, configuration_path: Path) -> None:
        result = run("say", "digits", "112", "-c", configuration_path)
        assert (result.exit_code, "zh/digits/1, zh/digits/2" in result.stdout) == (1, True)

    def test_what_is_no_such_value_is_an_error(self) -> None:
        result = run("say", "date", "2026-02-30", "--config", SHIPPED)
        assert (result.exit_code, "a date such as 2026-02-28" in result.stderr) == (1, True)
