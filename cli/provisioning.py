"""What ``ringmain stations provision`` does with the files it makes, and tells of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.markup import escape

from cli.output import print_json, print_line, print_note
from cli.phone_files import Phones, StationFiles, published_folder, read_phones, to_publish
from cli.table import print_table
from runtime.ids import RandomIds
from runtime.tenancy import tenant_of
from switch.provisioning.private_file import write_private
from switch.provisioning.publishing import publish


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files, and where."""

    stations: tuple[str, ...]
    """All when empty."""
    make: str
    """Empty: what each station has."""
    out: Path | None
    publish: bool
    renew: bool


def tell_of(wanted: Wanted, config: Path, *, as_json: bool) -> None:
    """Make the files and say where they are, or what is in them. Raises UsageError, ConfigurationError."""
    phones = read_phones(config)
    files = list(phones.files(wanted.stations, wanted.make))
    told = _put(wanted, phones, files)
    if as_json:
        print_json(told)
        return
    left_out = len(phones.book.names) - len(phones.book.names_with_password)
    if left_out and not wanted.stations:
        print_note(f"left out, as only hashes of their passwords are known: {left_out}")
    if wanted.publish:
        _show_addresses(told)
    elif wanted.out is not None:
        count = sum(len(each.texts) for each in files)
        print_line(f"{count} files are in {escape(str(wanted.out))}; only you may read them")
    else:
        for path, text in (pair for each in files for pair in each.texts.items()):
            typer.echo(f"==> {path} <==\n{text}")


def _put(wanted: Wanted, phones: Phones, files: Sequence[StationFiles]) -> list[dict[str, Any]]:
    if wanted.publish:
        return _published(phones, files, whole=not wanted.stations, renew=wanted.renew)
    if wanted.out is not None:
        return [_written(wanted.out, each) for each in files]
    return [{**_facts(each), "files": each.texts} for each in files]


def _show_addresses(told: Sequence[dict[str, Any]]) -> None:
    columns = ("station", "make", "MAC", "fetched from")
    rows = ((each["station"], each["make"], each["mac"], each["address"]) for each in told)
    print_table("phones", columns, rows, gives_way=("make", "MAC"))


def _written(out: Path, files: StationFiles) -> dict[str, Any]:
    """Tenants' files lie in a folder of each."""
    folder = out / tenant_of(files.station)
    for path, content in files.encoded().items():
        write_private(folder / path, content)
    return {**_facts(files), "files": [str(folder / path) for path in files.texts]}


def _published(
    phones: Phones, files: Sequence[StationFiles], *, whole: bool, renew: bool
) -> list[dict[str, Any]]:
    folder = published_folder(phones.configuration)
    shelf = publish(folder, to_publish(files), RandomIds(), whole=whole, renew=renew)
    address = f"{phones.configuration.http.address}/phones"
    return [
        {**_facts(each), "address": f"{address}/{kept.token}/{kept.files[0]}"}
        for each in files
        if (kept := shelf.phones[each.station])
    ]


def _facts(files: StationFiles) -> dict[str, Any]:
    return {"station": files.station, "make": files.make, "mac": files.mac}
