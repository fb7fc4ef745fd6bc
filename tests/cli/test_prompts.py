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


class TestShow:
    def test_a_prompt_is_shown_in_all_its_languages(self) -> None:
        shown = json.loads(run("show", "zh/greeting", "--config", SHIPPED, "--json").stdout)
        assert [prompt["prompt"] for prompt in shown["prompts"]] == ["en/greeting", "zh/greeting"]
        assert shown["missing_in"] == []

    def test_languages_it_is_missing_in_are_named(self, configuration_path: Path) -> None:
        folder = configuration_path.parent / "prompts"
        for name in ("zh/one", "zh/two", "en/one"):
            (folder / name).parent.mkdir(exist_ok=True)
            soundfile.write(folder / f"{name}.wav", speech(0.2, 8000, 0.3), 8000)
        assert "missing in: en" in run("show", "two", "-c", configuration_path).stdout

    def test_one_that_is_nowhere_is_an_error(self) -> None:
        result = run("show", "zh/nowhere", "--config", SHIPPED)
        assert (result.exit_code, "no prompt 'zh/nowhere'" in result.stderr) == (1, True)


def tenant_with_prompts(configuration_path: Path) -> Path:
    """Gives the installation tenant acme with an empty library, and returns that."""
    folder = configuration_path.parent / "tenants"
    own = folder / "acme" / "prompts"
    own.mkdir(parents=True)
    (folder / "acme.toml").write_text('[tenant]\nprompts = "acme/prompts"\n')
    with configuration_path.open("a") as file:
        file.write('\n[tenants]\nfolder = "tenants"\n')
    return own


class TestSpeak:
    def test_a_text_becomes_a_prompt_like_the_others(self, configuration_path: Path) -> None:
        result = run("speak", "您好，欢迎致电。", "--as", "zh/欢迎", "-c", configuration_path, "--json")
        assert result.exit_code == 0, result.output
        (made,) = json.loads(result.stdout)
        assert (made["name"], made["source"], made["rate_hz"]) == ("zh/欢迎", "espeak", 16000)
        kept, rate_hz = soundfile.read(made["path"])
        assert 1 < len(kept) / rate_hz < 4
        assert loudness_db(kept, rate_hz) == pytest.approx(-20, abs=2)
        refused = run("speak", "再见", "--as", "zh/欢迎", "-c", configuration_path)
        assert (refused.exit_code, "--replace" in refused.stderr) == (1, True)

    def test_the_next_engine_speaks_where_one_cannot(self, configuration_path: Path) -> None:
        with configuration_path.open("a") as file:
            file.write(ENGINES)
        result = run("speak", "Hello", "--as", "hello2", "-l", "en", "-c", configuration_path, "--json")
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout)[0]["source"] == "second"

    def test_what_nobody_can_say_is_told_with_all_complaints(self, configuration_path: Path) -> None:
        with configuration_path.open("a") as file:
            file.write(ENGINES)
        result = run("speak", "Bonjour", "--as", "fr/hello", "-c", configuration_path)
        assert result.exit_code == 1
        assert "first has no voice for language 'fr' (another: --language); second has no" in result.stderr
        assert run("speak", " ", "--as", "en/hello", "-c", configuration_path).exit_code == 1


ENGINES = """
[[speech.engines]]
name = "first"
kind = "command"
command = ["/nowhere/tts"]
voices = { en = "x" }

[[speech.engines]]
name = "second"
kind = "espeak"
voices = { en = "en-us" }
"""


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
        made = [line.split()[0] for line in result.stdout.splitlines() if line.startswith("en/")]
        assert made == ["en/one", "en/two"]

    def test_what_cannot_be_used_does_not_hinder_the_others(
        self, configuration_path: Path, tmp_path: Path
    ) -> None:
        soundfile.write(tmp_path / "silent.wav", np.zeros(8000), 8000)
        soundfile.write(tmp_path / "你好.flac", speech(0.5, 8000, 0.3), 8000)
        sources = [tmp_path / "silent.wav", tmp_path / "gone.wav", tmp_path / "你好.flac"]
        result = run("import", *sources, "--as", "zh/", "-c", configuration_path, "--json")
        assert result.exit_code == 1
        assert [prompt["name"] for prompt in json.loads(result.stdout)] == ["zh/你好"]
        assert "silent.wav cannot be a prompt" in result.stderr
        assert "gone.wav cannot be a prompt: expected a readable sound file (no such file)" in result.stderr

    def test_it_is_told_what_was_done_and_what_was_wrong(
        self, configuration_path: Path, tmp_path: Path
    ) -> None:
        time = np.arange(8000) / 8000
        loud = np.clip(2 * np.sin(2 * np.pi * 200 * time), -1, 1)
        silence = np.zeros(4000)
        soundfile.write(tmp_path / "loud.wav", np.concatenate([silence, loud, silence]), 8000)
        result = run("import", tmp_path / "loud.wav", "--as", "loud", "-c", configuration_path, "--json")
        (made,) = json.loads(result.stdout)
        assert made["source_length_s"] == 2
        assert made["length_s"] == pytest.approx(1.06, abs=0.02)
        assert made["cut_before_s"] == pytest.approx(0.47, abs=0.02)
        assert made["clipped_samples"] == pytest.approx(8000 * 2 / 3, abs=400)
        assert made["gain_db"] < -15
        table = run("import", tmp_path / "loud.wav", "--as", "again", "-c", configuration_path).stdout
        assert "again" in table
        assert str(made["clipped_samples"]) in table

    def test_a_tenant_has_its_own_library(self, configuration_path: Path, tmp_path: Path) -> None:
        soundfile.write(tmp_path / "one.wav", speech(0.5, 8000, 0.3), 8000)
        own = tenant_with_prompts(configuration_path)
        run("import", tmp_path / "one.wav", "--as", "zh/one", "--tenant", "acme", "-c", configuration_path)
        assert (own / "zh" / "one.wav").exists()
        listed = json.loads(run("list", "--tenant", "acme", "-c", configuration_path, "--json").stdout)
        assert [prompt["prompt"] for prompt in listed] == ["zh/one"]
        unknown = run("list", "--tenant", "globex", "-c", configuration_path)
        assert (unknown.exit_code, "there are: acme" in unknown.stderr) == (1, True)

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
