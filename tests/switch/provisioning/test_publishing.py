"""Files lie where phones fetch them, for nobody else to read, at addresses that stay."""

from pathlib import Path

import pytest

from runtime.errors import UsageError
from runtime.ids import SeededIds
from switch.provisioning.publishing import INDEX, NewFiles, publish, read_shelf
from switch.provisioning.shelf import PhoneFiles

IDS = SeededIds(7)


def new(*stations: str) -> dict[str, NewFiles]:
    return {name: NewFiles("yealink", "", {f"{name}.cfg": f"of {name}".encode()}) for name in stations}


def test_a_station_keeps_its_address_until_all_are_renewed(tmp_path: Path) -> None:
    first = publish(tmp_path, new("1001", "1002"), IDS, whole=True, renew=False)
    again = publish(tmp_path, new("1001"), IDS, whole=False, renew=False)
    assert again.phones == first.phones
    assert read_shelf(tmp_path).phones == first.phones
    renewed = publish(tmp_path, new("1001", "1002"), IDS, whole=True, renew=True)
    tokens = {phone.token for shelf in (first, renewed) for phone in shelf.phones.values()}
    assert len(tokens) == 4
    assert {len(token) for token in tokens} == {32}, "128 bits"
    kept = {phone.token for phone in renewed.phones.values()}
    assert {path.name for path in tmp_path.iterdir()} == {INDEX, *kept}, "the old addresses lead nowhere"


def test_only_the_owner_reads_files_and_index(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    shelf = publish(tmp_path, new("1001"), IDS, whole=True, renew=False)
    assert tmp_path.stat().st_mode & 0o777 == 0o700, "the names in it are as good as the passwords"
    file = tmp_path / shelf.phones["1001"].token / "1001.cfg"
    assert file.read_bytes() == b"of 1001"
    assert {path.stat().st_mode & 0o777 for path in (file, tmp_path / INDEX)} == {0o600}


def test_stations_that_are_gone_have_no_files_any_more(tmp_path: Path) -> None:
    gone = publish(tmp_path, new("1001", "1002"), IDS, whole=True, renew=False).phones["1002"]
    assert isinstance(gone, PhoneFiles)
    assert list(publish(tmp_path, new("1001"), IDS, whole=True, renew=False).phones) == ["1001"]
    assert not (tmp_path / gone.token).exists()


def test_an_index_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / INDEX).write_text("{", "utf-8")
    with pytest.raises(UsageError, match=r"index\.json cannot be read: .* remove it and publish anew"):
        publish(tmp_path, new("1001"), IDS, whole=True, renew=False)
