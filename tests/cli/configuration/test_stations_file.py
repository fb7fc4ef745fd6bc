from pathlib import Path

import pytest

from cli.configuration.error import ConfigurationError
from cli.configuration.loading import load_configuration
from cli.configuration.stations_file import read_stations
from switch.sip.authentication.digest import Algorithm, ha1
from switch.sip.config import SipConfig

MD5 = "0123456789abcdef0123456789abcdef"


def mistakes(folder: Path, text: str | bytes, **sip: object) -> list[tuple[int, str, str]]:
    path = folder / "stations.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = read_stations(path, SipConfig.model_validate(sip), ["1001"])
    return [(problem.line, problem.key, problem.expected) for problem in found.problems]


def test_passwords_and_hashes_may_stand_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "stations.csv"
    path.write_text(
        f"\ufeffname,password,MD5,outside_level\n1002,geheim,\n\n 1003 ,,{MD5.upper()},3\n", encoding="utf-8"
    )
    found = read_stations(path, SipConfig(realm="r"), [])
    assert found.problems == []
    one, other = found.stations
    assert (one.name, one.password, other.name) == ("1002", None, "1003")
    assert (one.outside_level, other.outside_level) == (0, 3)
    assert one.hashes("r")[Algorithm.SHA_256] == ha1(Algorithm.SHA_256, "1002", "r", "geheim")
    assert other.hashes("r") == {Algorithm.MD5: MD5}


@pytest.mark.parametrize(
    ("text", "line", "key", "expected"),
    [
        ("name,pasword\n", 1, "", "a heading of name and some of password, MD5, SHA-256"),
        ("password,MD5\n", 1, "", "a heading of name"),
        ("name,name\n", 1, "", "each once"),
        ("name,password\n1002,x\n1003\n", 3, "", "a password, or its hashes as ha1"),
        ("name,password\n1002,x\n1002,y\n", 3, "name", "a name of its own; line 2 has this one"),
        ("name,password\n1001,x\n", 2, "name", "a name of its own; the configuration has this one"),
        ("name,password\na b,x\n", 2, "name", "User part of the phone's address"),
        ("name,password\n1002,x,y\n", 2, "", "2 values at most"),
        ("name,MD5\n1002,123\n", 2, "ha1", "a table such as"),
        ("name,password,outside_level\n1002,x,11\n", 2, "outside_level", "to 9"),
        ("name,password,MD5\n1002,x," + MD5 + "\n", 2, "", "either a password or ha1"),
        ('name,password\n1002,"x\n', 2, "", "a line of comma-separated values"),
        (b"name,password\n1002,\xff\n", 0, "", "text in UTF-8"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, key: str, expected: str
) -> None:
    ((at, what, instead),) = mistakes(tmp_path, text)
    assert (at, what) == (line, key)
    assert expected in instead


def test_a_hash_for_every_algorithm_that_is_offered_must_be_there(tmp_path: Path) -> None:
    found = mistakes(tmp_path, f"name,MD5\n1002,{MD5}\n", algorithms=["SHA-256", "MD5"])
    assert [(line, key) for line, key, _ in found] == [(2, "SHA-256")]


def test_no_value_of_a_wrong_line_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "stations.csv"
    path.write_text("name,password\ngeheim 4711,\n1002,geheim,4711\n")
    problems = read_stations(path, SipConfig(), []).problems
    assert len(problems) == 2
    assert not any("geheim" in str(problem) or "4711" in str(problem) for problem in problems)


def test_the_configuration_names_the_file_and_has_its_stations(tmp_path: Path) -> None:
    for folder in ("prompts", "flows"):
        (tmp_path / folder).mkdir()
    (tmp_path / "ringmain.toml").write_text('[sip]\nstations_file = "phones.csv"\n')
    with pytest.raises(ConfigurationError, match=r"phones\.csv: expected a file that can be read"):
        load_configuration(tmp_path / "ringmain.toml")
    (tmp_path / "phones.csv").write_text("name,password\n1002,x\n1003,y\n")
    stations = load_configuration(tmp_path / "ringmain.toml").stations
    assert [station.name for station in stations] == ["1002", "1003"]
