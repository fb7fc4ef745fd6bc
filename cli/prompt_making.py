"""``ringmain prompts import`` and ``speak``: prompts made of recordings, and of texts."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.configuration.loading import read_configuration
from cli.configuration.tenants import read_tenants
from cli.options import ConfigOption, JsonOption, configuration, configuration_path
from cli.output import print_error, print_json
from cli.table import print_table
from media.prompt_import import Imported, import_prompt, keep_speech, refuse_present
from media.speech.config import SpeechConfig
from media.speech.engine import EngineFailed
from media.speech.service import build_engine
from media.speech.text import readable, voice_for
from runtime.clock import monotonic_now
from runtime.errors import UsageError

TenantOption = Annotated[
    str, typer.Option("--tenant", "-t", help="The tenant whose library it is; absent: the house's.")
]
ReplaceOption = Annotated[bool, typer.Option("--replace", help="Take the place of prompts that are there.")]


def import_prompts(
    sources: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Sound files of any format.")],
    name: Annotated[
        str,
        typer.Option(
            "--as", help="The prompt's name, such as zh/greeting; for several files their folder, zh/."
        ),
    ],
    replace: ReplaceOption = False,
    tenant: TenantOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make prompts of recordings: one channel, the silence around them cut off, as loud as the others.

    What cannot be used is told, and the others are made all the same. A running switch has them by
    `ringmain reload`.
    """
    if len(sources) > 1 and not name.endswith("/"):
        raise UsageError(f"{len(sources)} files cannot all be {name!r}: name their folder, such as --as zh/")
    folder = library_folder(config, tenant)
    refused: list[str] = []
    made = list(_imported(sources, folder, name, refused, replace=replace))
    _tell(made, as_json=as_json)
    for problem in refused:
        print_error(problem)
    if refused:
        raise typer.Exit(1)


def speak(
    text: Annotated[str, typer.Argument(help="What is said.")],
    name: Annotated[str, typer.Option("--as", help="The prompt's name, such as zh/greeting.")],
    language: Annotated[
        str, typer.Option("--language", "-l", help="By default the name's first folder.")
    ] = "",
    voice: Annotated[str, typer.Option("--voice", help="A name that speech.engines gives a voice.")] = "",
    replace: ReplaceOption = False,
    tenant: TenantOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a prompt of a text, said by the first engine of `speech.engines` that can."""
    folder = library_folder(config, tenant)
    refuse_present(folder, name, replace=replace)
    said, engine = _said(configuration(config).speech, text, language or name.partition("/")[0], voice)
    _tell([keep_speech(said, engine, folder, name, replace=replace)], as_json=as_json)


def library_folder(config: Path | None, tenant: str) -> Path:
    """Where the prompts of the house, or of a tenant, lie. Raises UsageError, ConfigurationError."""
    if not tenant:
        return configuration(config).media.prompts
    tenants, _ = read_tenants(read_configuration(configuration_path(config)))
    found = next((one for one in tenants if one.name == tenant), None)
    if found is None:
        known = ", ".join(one.name for one in tenants) or "none"
        raise UsageError(f"there is no tenant {tenant!r} without mistakes in its file; there are: {known}")
    if found.config.prompts is None:
        raise UsageError(f"tenant {tenant} has no prompts of its own: set prompts in [tenant] of its file")
    return found.config.prompts


def _imported(
    sources: list[Path], folder: Path, name: str, refused: list[str], *, replace: bool
) -> Iterator[Imported]:
    for source in sources:
        one = f"{name}{source.stem}" if name.endswith("/") else name
        try:
            yield import_prompt(source, folder, one, replace=replace)
        except UsageError as problem:
            refused.append(str(problem))


def _said(speech: SpeechConfig, text: str, language: str, voice: str) -> tuple[bytes, str]:
    """The sound, and the engine whose it is. Raises UsageError with what each engine complained of."""
    plain = readable(text)
    if not plain:
        raise UsageError("there is nothing to say in the text")
    complaints = []
    for engine in speech.engines:
        own = voice_for(engine.voices, language, voice)
        if own is None:
            complaints.append(f"{engine.name} has no voice for language {language!r} (another: --language)")
            continue
        try:
            return build_engine(engine, monotonic_now).synthesise(plain, language, own), engine.name
        except EngineFailed as failure:
            complaints.append(f"{engine.name}: {failure}")
    raise UsageError("; ".join(complaints) or "no engine is configured in speech.engines")


def _tell(made: list[Imported], *, as_json: bool) -> None:
    if as_json:
        print_json([_plain(prompt) for prompt in made])
    elif made:
        headings = ("prompt", "Hz#", "s before#", "s#", "cut before#", "cut after#", "dB#", "clipped#")
        print_table("made", headings, [_row(prompt) for prompt in made])


def _plain(prompt: Imported) -> dict[str, Any]:
    return asdict(prompt) | {"path": str(prompt.path)}


def _row(prompt: Imported) -> tuple[str, ...]:
    lengths = (prompt.source_length_s, prompt.length_s, prompt.cut_before_s, prompt.cut_after_s)
    told = (f"{length_s:.2f}" for length_s in lengths)
    return (prompt.name, str(prompt.rate_hz), *told, f"{prompt.gain_db:+.1f}", str(prompt.clipped_samples))
