"""``ringmain prompts``: what callers hear, and how values are spoken."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import soundfile
import typer

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, configuration
from cli.output import print_fields, print_json, print_line, print_problems
from cli.table import print_table
from media.prompt_import import Imported, import_prompt
from media.prompt_sound import loudness_db
from media.prompts import SAMPLE_RATE_HZ, PromptLibrary, load_prompts
from media.spoken.values import Kind, spoken
from runtime.errors import UsageError

app = noun("Prompts 语音: what callers hear, and how values are spoken.")


@app.command("list")
def list_prompts(
    beginning: Annotated[str, typer.Argument(help="Only names that begin so, such as zh/.")] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the prompts of the library: how long and how loud each is."""
    library = _library(config)
    found = [_facts(library, name) for name in library.names if name.startswith(beginning)]
    if as_json:
        print_json(found)
        return
    rows = (
        (row["prompt"], f"{row['length_s']:.2f}", _decibels(row["loudness_db"]), row["band"]) for row in found
    )
    print_table("prompts", ("prompt", "s#", "dBFS#", "band"), rows)


@app.command("import")
def import_prompts(
    sources: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Sound files of any format.")],
    name: Annotated[
        str,
        typer.Option(
            "--as", help="The prompt's name, such as zh/greeting; for several files their folder, zh/."
        ),
    ],
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of prompts that are there.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make prompts of recordings: one channel, the silence around them cut off, as loud as the others."""
    if len(sources) > 1 and not name.endswith("/"):
        raise UsageError(f"{len(sources)} files cannot all be {name!r}: name their folder, such as --as zh/")
    folder = configuration(config).media.prompts
    names = [f"{name}{source.stem}" if name.endswith("/") else name for source in sources]
    made = []
    for source, one in zip(sources, names, strict=True):
        made.append(import_prompt(source, folder, one, replace=replace))
        if not as_json:
            print_line(_told(made[-1]))
    if as_json:
        print_json(
            [asdict(prompt) | {"path": str(prompt.path), "source": str(prompt.source)} for prompt in made]
        )


@app.command("say")
def say(
    kind: Annotated[Kind, typer.Argument(help="As what the value is spoken.")],
    value: Annotated[str, typer.Argument(help="Such as -12.34, 2026-11-21, 14:05 or 13800138000.")],
    language: Annotated[
        str, typer.Option("--language", "-l", help="The folder of the language's prompts.")
    ] = "zh",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write it as a WAV file.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell by which prompts a value is spoken, and which are missing; write it as a file to hear it."""
    library = _library(config)
    names = spoken(language, kind, value)
    missing = sorted({name for name in names if name not in library.names})
    if output is not None and not missing:
        sound = np.concatenate([library.samples(name) for name in names])
        soundfile.write(output, sound, SAMPLE_RATE_HZ, format="WAV")
    if as_json:
        print_json({"prompts": names, "missing": missing})
    else:
        print_fields(
            f"{kind} {value}", {"prompts": ", ".join(names), "missing": ", ".join(missing) or "none"}
        )
    if missing:
        raise typer.Exit(1)


def _library(config: Path | None) -> PromptLibrary:
    library, problems = load_prompts(configuration(config).media.prompts)
    if problems:
        print_problems(problems, stderr=True)
    return library


def _facts(library: PromptLibrary, name: str) -> dict[str, object]:
    samples = library.samples(name)
    loudness = loudness_db(samples / 32768, SAMPLE_RATE_HZ)
    return {
        "prompt": name,
        "length_s": round(len(samples) / SAMPLE_RATE_HZ, 3),
        "loudness_db": None if loudness is None else round(loudness, 1),
        "band": "narrow" if library.wide_samples(name) is None else "wide",
    }


def _plain(prompt: Imported) -> dict[str, object]:
    return asdict(prompt) | {"path": str(prompt.path), "source": str(prompt.source)}


def _decibels(loudness: object) -> str:
    return "silent" if loudness is None else f"{loudness:.1f}"


def _told(prompt: Imported) -> str:
    cut_s = prompt.cut_before_s + prompt.cut_after_s
    return (
        f"{prompt.name}  {prompt.length_s:.2f} s at {prompt.rate_hz} Hz, {cut_s:.2f} s of silence cut off, "
        f"{prompt.gain_db:+.1f} dB"
    )
