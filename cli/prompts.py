"""``ringmain prompts``: what callers hear, and how values are spoken."""

from pathlib import Path
from typing import Annotated

import numpy as np
import soundfile
import typer
from rich.markup import escape

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask, own_name
from cli.output import print_fields, print_json, print_line, print_problems
from cli.prompt_making import TenantOption, import_prompts, library_folder, speak
from cli.table import print_table
from media.prompt_sound import loudness_db
from media.prompts import SAMPLE_RATE_HZ, PromptLibrary, load_prompts
from media.spoken.values import Kind, spoken
from runtime.errors import UsageError

app = noun()


@app.command("list")
def list_prompts(
    beginning: Annotated[str, typer.Argument(help="Only names that begin so, such as zh/.")] = "",
    tenant: TenantOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the prompts of the library: how long and how loud each is."""
    library = _library(config, tenant)
    found = [_facts(library, name) for name in library.names if name.startswith(beginning)]
    if as_json:
        print_json(found)
        return
    _print_prompts("prompts", found)


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="A prompt such as zh/greeting, or greeting.")],
    tenant: TenantOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a prompt in all languages it is there in, and which it is missing in."""
    library = _library(config, tenant)
    folders = {known.partition("/")[0] for known in library.names if "/" in known}
    first, _, rest = name.partition("/")
    bare = rest if first in folders else name
    found = [_facts(library, known) for known in library.names if bare in (known, known.partition("/")[2])]
    if not found:
        raise UsageError(f"there is no prompt {name!r}; ringmain prompts lists them")
    missing = sorted(folders - {str(row["prompt"]).partition("/")[0] for row in found})
    if as_json:
        print_json({"prompts": found, "missing_in": missing})
        return
    _print_prompts(bare, found)
    if missing:
        print_line(f"missing in: {escape(', '.join(missing))}")


@app.command("record")
def record(
    name: Annotated[str, typer.Argument(help="The prompt's name, such as zh/outage; new or not.")],
    station: Annotated[str, typer.Argument(help="The station that is called.")],
    ring_s: Annotated[float, typer.Option("--ring", help="How long it may go unanswered, in seconds.")] = 30,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Call a station to record a prompt there: spoken, heard back, kept or discarded."""
    params = {"prompt": name, "station": station, "ring_s": ring_s, "by": own_name()}
    found = ask(socket, config, "prompt.record", **params)
    if as_json:
        print_json(found)
    else:
        print_line(
            f"{found['call_id']} calls {escape(station)}, where {escape(name)} can be spoken when it answers"
        )


@app.command("engines")
def engines(socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show the engines that make speech of texts: which speak, and how often each failed."""
    found = ask(socket, config, "speech.engines")
    if as_json:
        print_json(found)
        return
    rows = ((engine["engine"], engine["state"], engine["failures"]) for engine in found)
    print_table("engines", ("engine", "state", "failures#"), rows)


app.command("import")(import_prompts)
app.command("speak")(speak)


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


def _library(config: Path | None, tenant: str = "") -> PromptLibrary:
    library, problems = load_prompts(library_folder(config, tenant))
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


def _print_prompts(title: str, found: list[dict[str, object]]) -> None:
    rows = (
        (row["prompt"], f"{row['length_s']:.2f}", _decibels(row["loudness_db"]), row["band"]) for row in found
    )
    print_table(title, ("prompt", "s#", "dBFS#", "band"), rows)


def _decibels(loudness: object) -> str:
    return "silent" if loudness is None else f"{loudness:.1f}"
