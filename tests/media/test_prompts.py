"""The prompt library: any sound file becomes 8 kHz mono; what is not one is told."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from media.prompts import SAMPLE_RATE_HZ, PromptLibrary, load_prompts
from tests.fuzz.properties import check_prompt_bytes


def tone(rate_hz: int, *, seconds: float = 0.5, pitch_hz: float = 440.0) -> Any:
    return 0.5 * np.sin(2 * np.pi * pitch_hz * np.arange(int(rate_hz * seconds)) / rate_hz)


def write(path: Path, sound: Any, rate_hz: int = SAMPLE_RATE_HZ, **form: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound, rate_hz, **form)


def test_prompts_are_named_by_their_path_without_the_suffix(tmp_path: Path) -> None:
    write(tmp_path / "music.wav", tone(8000))
    write(tmp_path / "zh" / "digits" / "1.flac", tone(8000))
    write(tmp_path / "zh" / "问候.v2.wav", tone(8000))
    library, problems = load_prompts(tmp_path)
    assert problems == []
    assert library.names == ("music", "zh/digits/1", "zh/问候.v2")


def test_sound_at_the_right_rate_is_kept_sample_for_sample(tmp_path: Path) -> None:
    written = np.array([0, 1, -1, 1000, -32768, 32767], dtype=np.int16)
    write(tmp_path / "a.wav", written)
    library, _ = load_prompts(tmp_path)
    assert library.samples("a").dtype == np.int16
    assert library.samples("a").tolist() == written.tolist()


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize("suffix", ["wav", "flac", "aiff", "ogg"])
def test_any_rate_and_format_becomes_the_same_sound(tmp_path: Path, suffix: str, rate_hz: int) -> None:
    write(tmp_path / f"a.{suffix}", tone(rate_hz), rate_hz)
    library, problems = load_prompts(tmp_path)
    assert problems == []
    assert len(library.samples("a")) == pytest.approx(4000, abs=8)
    inner = slice(400, 3600)  # away from the ends, where the filter rings
    difference = library.samples("a")[inner] / 32768 - tone(8000)[inner]
    assert np.sqrt(np.mean(difference**2)) < 0.02


def test_channels_are_mixed(tmp_path: Path) -> None:
    left, right = tone(8000), tone(8000, pitch_hz=1000.0)
    write(tmp_path / "a.wav", np.column_stack([left, right]))
    library, _ = load_prompts(tmp_path)
    assert np.allclose(library.samples("a") / 32768, (left + right) / 2, atol=1e-4)


def test_what_lies_above_the_telephone_band_is_not_folded_into_it(tmp_path: Path) -> None:
    write(tmp_path / "a.wav", tone(48000, pitch_hz=7000.0), 48000)
    library, _ = load_prompts(tmp_path)
    assert np.max(np.abs(library.samples("a")[400:3600])) < 10


def test_samples_beyond_full_scale_are_clipped_and_no_numbers_are_silent(
    tmp_path: Path,
) -> None:
    write(tmp_path / "a.wav", np.array([2.0, -2.0, np.nan]), subtype="FLOAT")
    library, _ = load_prompts(tmp_path)
    assert library.samples("a").tolist() == [32767, -32768, 0]


def test_every_unusable_file_is_told_at_once_and_the_others_are_loaded(tmp_path: Path) -> None:
    write(tmp_path / "good.wav", tone(8000))
    write(tmp_path / "empty.wav", tone(8000, seconds=0))
    write(tmp_path / "long.flac", np.zeros(601 * 8000, dtype=np.int16))
    write(tmp_path / "twice.flac", tone(8000))
    write(tmp_path / "twice.wav", tone(8000))
    (tmp_path / "text.wav").write_text("no sound")
    (tmp_path / "headerless.raw").write_bytes(b"\0" * 100)
    (tmp_path / "gone.wav").symlink_to(tmp_path / "nowhere")
    library, problems = load_prompts(tmp_path)
    assert library.names == ("good", "twice")
    told = {Path(problem.file).name: problem.expected for problem in problems}
    assert set(told) == {"empty.wav", "long.flac", "twice.wav", "text.wav", "headerless.raw", "gone.wav"}
    assert told["empty.wav"] == "a sound that is not empty"
    assert told["long.flac"] == "at most 600 seconds"
    assert told["twice.wav"] == "one file of this name, not several"
    assert told["text.wav"].startswith("a readable sound file (")


def test_notes_and_hidden_files_beside_the_sounds_are_left_alone(tmp_path: Path) -> None:
    for name in ("README.md", "texts.yaml", ".DS_Store", ".git/index"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    library, problems = load_prompts(tmp_path)
    assert (library.names, problems) == ((), [])


def test_a_missing_folder_is_a_problem(tmp_path: Path) -> None:
    library, (problem,) = load_prompts(tmp_path / "gone")
    assert library.names == ()
    assert problem.file == str(tmp_path / "gone")


def test_a_prompt_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        PromptLibrary({}).samples("zh/greeting")


SEEDS = sorted((Path(__file__).parents[1] / "fuzz" / "corpus" / "prompt").iterdir())


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_a_sound_of_any_kind_is_a_prompt_and_damaged_at_worst_a_problem(seed: Path, tmp_path: Path) -> None:
    whole = seed.read_bytes()
    assert check_prompt_bytes(whole, tmp_path)
    damage = np.random.default_rng(len(whole))
    for _ in range(40):
        data = bytearray(whole[: damage.integers(1, len(whole) + 1)])
        for at in damage.integers(0, len(data), damage.integers(1, 6)):
            data[at] = damage.integers(0, 256)
        check_prompt_bytes(bytes(data), tmp_path)


def test_samples_that_are_no_sound_and_headers_that_promise_too_much_do_no_harm(tmp_path: Path) -> None:
    write(tmp_path / "loud.wav", np.array([1e38, -1e38, np.inf, np.nan, 0.5] * 100), 44_100, subtype="FLOAT")
    write(tmp_path / "many.wav", np.zeros((10, 9)))
    write(tmp_path / "slow.wav", tone(8000), 1)
    library, problems = load_prompts(tmp_path)
    assert library.names == ("loud",)
    assert [problem.expected for problem in problems] == [
        "at most 8 channels",
        "4000 to 192000 samples a second",
    ]
