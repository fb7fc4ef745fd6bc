"""Mistakes in [[lookups]] are told in plain English, and secrets are not."""

from pathlib import Path

import pytest

from cli.configuration.installation import load_installation
from cli.configuration.loading import read_configuration
from tests.cli.small_installation import write_installation
from tests.helpers.toml_text import section


def problems(folder: Path, **keys: object) -> list[str]:
    path = write_installation(folder)
    given = {"name": "billing", "url": "https://billing.example/api", **keys}
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" + section("[[lookups]]", **given))
    return [str(problem) for problem in read_configuration(path).problems]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"url": "ftp://billing.example"}, "an address such as https://billing.example/api"),
        ({"url": "https:///nothing"}, "an address such as"),
        ({"url": "https://billing.example/?q=1"}, "without user, password, ? and #"),
        ({"url": "https://billing.example:99999/"}, "an address such as"),
        ({"url": "https://[::1/"}, "an address such as"),
        ({"url": "https://billing .example"}, "an address such as"),
        ({"proxy": "https://proxy.example"}, "http://proxy.example:3128"),
        ({"name": "a/b"}, "without spaces, colons and slashes"),
        ({"headers": {"Host": "x"}}, "the name of a header, such as X-Token"),
        ({"headers": {"X-A": "a\nb"}}, "a value of one line for X-A"),
        ({"headers": {f"X-{n}": "" for n in range(33)}}, "32 headers at most"),
        ({"token_header": "Connection"}, "the name of a header"),
        ({"token_file": "no.token"}, "a file that can be read (No such file or directory)"),
        ({"ca_file": "no.pem"}, "a file of certificates in PEM that can be read (No such file"),
        ({"connect_timeout_s": 9.0}, "timeout_s (5) at most"),
        ({"url": "http://billing.example", "ca_file": "x.pem"}, "http:// shows no certificate"),
        ({"timeout_s": 61}, "a number from 0.1 to 60"),
        ({"retries": 6}, "a whole number from 0 to 5"),
        ({"failure_share": 1.5}, "a number from 0 to 1"),
        ({"timeout": 3}, "timeout_s"),
    ],
)
def test_a_mistake_is_told_with_what_was_expected(tmp_path: Path, keys: dict[str, object], said: str) -> None:
    found = problems(tmp_path, **keys)
    assert len(found) == 1, found
    assert said in found[0]
    assert "lookups[0]" in found[0]


def test_a_password_in_the_address_is_refused_and_not_shown(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, url="https://me:se-cret@billing.example")
    assert "without user, password" in found
    assert "se-cret" not in found


def test_a_header_that_is_wrong_is_not_shown(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, headers={"X-Token": "se-cret\n"})
    assert "se-cret" not in found


@pytest.mark.parametrize("content", ["", "\n", "two\nlines", "ünicode", "x" * 9000])
def test_a_token_file_has_one_line_of_ascii(tmp_path: Path, content: str) -> None:
    (tmp_path / "billing.token").write_text(content)
    (found,) = problems(tmp_path, token_file="billing.token")
    assert "a file with one line of" in found
    assert "lines" not in found.replace("one line", "")


def test_a_header_and_the_token_do_not_meet(tmp_path: Path) -> None:
    (tmp_path / "billing.token").write_text("se-cret")
    (found,) = problems(tmp_path, token_file="billing.token", headers={"authorization": "Basic x"})
    assert "no Authorization, which the token of token_file stands in" in found


def test_two_services_have_two_names(tmp_path: Path) -> None:
    path = write_installation(tmp_path)
    twice = section("[[lookups]]", name="billing", url="http://billing.example")
    path.write_text(f"{path.read_text('utf-8')}\n{twice}\n{twice}", "utf-8")
    (found,) = map(str, read_configuration(path).problems)
    assert "a name of its own; lookups[0] has this one" in found


@pytest.mark.parametrize(
    ("url", "mode", "cautioned"),
    [
        ("https://billing.example", 0o600, []),
        ("http://127.0.0.1:8080", 0o640, []),
        ("http://billing.example", 0o600, ["lookups[0].url"]),
        ("https://billing.example", 0o644, ["lookups[0].token_file"]),
    ],
)
def test_a_token_that_others_can_read_is_cautioned_against(
    tmp_path: Path, url: str, mode: int, cautioned: list[str]
) -> None:
    token = tmp_path / "billing.token"
    token.write_text("se-cret")
    token.chmod(mode)
    assert problems(tmp_path, url=url, token_file="billing.token") == []
    cautions = load_installation(tmp_path / "ringmain.toml").cautions
    assert [caution.key for caution in cautions] == cautioned
    assert "se-cret" not in str(cautions)
