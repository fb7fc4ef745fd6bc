"""The configuration that docs/first-configuration.md begins with is one."""

from pathlib import Path

from typer.testing import CliRunner

from cli.commands import app

ROOT = Path(__file__).parents[2]


def written_out(page: Path) -> str:
    """The first piece of TOML on a page."""
    _, _, rest = page.read_text("utf-8").partition("```toml\n")
    return rest.partition("```")[0]


def test_it_is_right_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "prompts").symlink_to(ROOT / "conf" / "prompts")
    configuration = tmp_path / "ringmain.toml"
    configuration.write_text(written_out(ROOT / "docs" / "first-configuration.md"), "utf-8")
    checked = CliRunner().invoke(app, ["check", "--config", str(configuration)])
    assert checked.exit_code == 0, checked.output
    assert "access codes 1, flows 0, queues 1, agents 1, stations 2" in checked.output
