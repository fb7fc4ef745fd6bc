"""Every mistake in a configuration is told at once: line, key, value, what was expected."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.configuration.error import ConfigurationError
from cli.configuration.loading import load_configuration
from runtime.problems import Problem

HERE = "# <-"
"""Marks, in the snippets below, the line that a problem must name."""

ALARM = (
    "[[alarms]]\nname = 'line'\nkind = 'queue'\nmeasure = 'waiting'\n"
    "levels = [{ level = 'warning', on = 5, off = 3 }]"
)
TARGETS = (
    "flow:<name>, queue:<name>, agent:<number>, station:<name>, number:<digits>, message:<box>, "
    "prompt:<name>, feature:<action> or counter:record"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place for configurations, with the folders that the defaults name."""
    (tmp_path / "prompts").mkdir()
    (tmp_path / "flows").mkdir()
    return tmp_path


def problems_of(folder: Path, text: str) -> list[Problem]:
    path = folder / "ringmain.toml"
    path.write_text(text, encoding="utf-8")
    try:
        load_configuration(path)
    except ConfigurationError as error:
        return error.problems
    return []


MISTAKES = [
    pytest.param(
        "[sip]\nport = 70000 # <-", "sip.port", "70000", "a whole number from 1 to 65535", id="range"
    ),
    pytest.param(
        '[sip]\nport = "5060" # <-', "sip.port", '"5060"', "a whole number from", id="text for number"
    ),
    pytest.param("[sip]\nport = 5060.5 # <-", "sip.port", "5060.5", "a whole number from", id="not whole"),
    pytest.param("[sip]\nport = true # <-", "sip.port", "true", "a whole number from", id="bool for number"),
    pytest.param("[sip]\nhost = 5 # <-", "sip.host", "5", "text in quotes, not empty", id="number for text"),
    pytest.param('[sip]\nhost = "" # <-', "sip.host", '""', "text in quotes, not empty", id="empty"),
    pytest.param(
        "[sip]\nnonce_lifetime_s = 0 # <-",
        "sip.nonce_lifetime_s",
        "0",
        "a number, greater than 0",
        id="bound",
    ),
    pytest.param("[sip]\n\nprot = 1 # <-", "sip.prot", "1", "(did you mean port?)", id="misspelt key"),
    pytest.param(
        "[sip]\nzzz = 1 # <-", "sip.zzz", "1", "one of the known keys: host, port,", id="foreign key"
    ),
    pytest.param("[spi] # <-\nport = 1", "spi", "{ … }", "(did you mean sip?)", id="misspelt section"),
    pytest.param("sip.port = 0 # <-", "sip.port", "0", "from 1 to 65535", id="dotted key"),
    pytest.param(
        "sip = { host = 'x', port = 0 } # <-", "sip.port", "0", "from 1 to 65535", id="inline table"
    ),
    pytest.param("sip = 5 # <-", "sip", "5", "a table beginning with [sip]", id="value for section"),
    pytest.param(
        "[[sip]] # <-\nport = 1", "sip", "[ … ]", "a table beginning with [sip]", id="list for section"
    ),
    pytest.param(
        "[stations] # <-\nname = 'a'",
        "stations",
        "{ … }",
        "a list of tables, each beginning with [[stations]]",
        id="section for list",
    ),
    pytest.param(
        "stations = 5 # <-", "stations", "5", "each beginning with [[stations]]", id="value for list"
    ),
    pytest.param("queues = [5] # <-", "queues[0]", "5", "a table", id="value for entry"),
    pytest.param(
        "[sip]\nalgorithms = [\n  'MD5',\n  'SHA1', # <-\n]",
        "sip.algorithms[1]",
        '"SHA1"',
        '"MD5", "SHA-256" or "SHA-512-256"',
        id="list item",
    ),
    pytest.param(
        "[sip]\nalgorithms = [] # <-", "sip.algorithms", "[]", "with at least one entry", id="empty list"
    ),
    pytest.param(
        "[sip]\nregister_expires_min_s = 700 # <-",
        "sip.register_expires_min_s",
        "700",
        "register_expires_min_s <= register_expires_default_s <= register_expires_max_s, not 700 <= 600",
        id="keys that disagree",
    ),
    pytest.param(
        "[media]\nport_min = 30000\nport_max = 20000 # <-",
        "media.port_max",
        "20000",
        "at least 30001, as port_min is 30000",
        id="ports in the wrong order",
    ),
    pytest.param(
        "[sip]\nhost = '0.0.0.0' # <-\nport = 5062",
        "sip.host",
        '"0.0.0.0"',
        "advertised_host beside it",
        id="nothing to tell phones",
    ),
    pytest.param(
        "[sip]\nhost = 'not a host!' # <-",
        "sip.host",
        '"not a host!"',
        "an IP address such as 192.0.2.10, or the name of a host",
        id="neither address nor name",
    ),
    pytest.param(
        "[http]\nhost = '127.0.0.256' # <-", "http.host", '"127.0.0.256"', "an IP address", id="no address"
    ),
    pytest.param(
        "[control]\nmode = 0o1777 # <-", "control.mode", "0o1777", "from 0o600 to 0o777", id="octal"
    ),
    pytest.param("[sip]\nport = 50 60 # <-", "port", "50 60", "nothing more on this line", id="comment"),
    pytest.param(
        "[log]\nformat = 'xml' # <-", "log.format", '"xml"', '"console" or "json"', id="not among the choices"
    ),
    pytest.param("[http]\nenabled = 1 # <-", "http.enabled", "1", "true or false", id="number for bool"),
    pytest.param(
        "[[stations]]\nname = 'a'\npassword = 'x'\n[[stations]] # <-\nname = 'b'",
        "stations[1]",
        "{ … }",
        "a password, or its hashes as ha1",
        id="missing",
    ),
    pytest.param(
        "[[access_codes]]\nnumber = 95598 # <-\ntarget = 'flow:x'",
        "access_codes[0].number",
        "95598",
        "text in quotes",
        id="number in an entry",
    ),
    pytest.param(
        "[[access_codes]]\nnumber = '1'\ntarget = 'hotline' # <-",
        "access_codes[0].target",
        '"hotline"',
        TARGETS,
        id="target without scheme",
    ),
    pytest.param(
        "[records]\ndatabase = 'oracle://u:geheim@h/d' # <-",
        "records.database",
        '"oracle://u:…@h/d"',
        "a URL of sqlite",
        id="unusable database, password not shown",
    ),
    pytest.param(
        "[[stations]]\nname = 'a'\npassword = 'x' # <-\nha1 = { MD5 = '0123456789abcdef0123456789abcdef' }",
        "stations[0].password",
        "(hidden)",
        "either a password or ha1",
        id="two secrets",
    ),
    pytest.param(
        "[[stations]]\nname = 'a'\nha1 = { MD5 = '0123' } # <-",
        "stations[0].ha1",
        "(hidden)",
        'a table such as { MD5 = "32 hexadecimal digits"',
        id="no hash",
    ),
    pytest.param(
        "[sip]\nalgorithms = ['SHA-256']\n"
        "[[stations]]\nname = 'a'\nha1 = { MD5 = '0123456789abcdef0123456789abcdef' } # <-",
        "stations[0].ha1",
        "{ … }",
        "a hash for SHA-256 too",
        id="missing hash",
    ),
    pytest.param(
        "[[stations]]\nname = 'a'\npassword = 'x'\n[[stations]]\nname = 'a' # <-\npassword = 'y'",
        "stations[1].name",
        '"a"',
        "a name of its own; stations[0] has this one",
        id="station twice",
    ),
    pytest.param(
        "[[access_codes]]\nnumber = '1'\ntarget = 'flow:x'\n"
        "[[access_codes]]\nnumber = '1' # <-\ntarget = 'flow:x'",
        "access_codes[1].number",
        '"1"',
        "a number of its own; access_codes[0] has this one",
        id="access code twice",
    ),
    pytest.param(
        "[[queues]]\nname = 'q'\n[[queues]]\nname = 'q' # <-",
        "queues[1].name",
        '"q"',
        "of its own",
        id="queue twice",
    ),
    pytest.param(
        "[[agents]]\nid = '1'\n[[agents]]\nid = '1' # <-",
        "agents[1].id",
        '"1"',
        "of its own",
        id="agent twice",
    ),
    pytest.param(
        "[[queues]]\nname = '客服'\n[[agents]]\nid = '1'\nqueues = [\n '客服',\n '客户', # <-\n]",
        "agents[0].queues[1]",
        '"客户"',
        "the name of a queue: 客服",
        id="agent of an unknown queue",
    ),
    pytest.param(
        "[[access_codes]]\nnumber = '1'\ntarget = 'queue:sales' # <-",
        "access_codes[0].target",
        '"queue:sales"',
        "one of (there are none)",
        id="target to an unknown queue",
    ),
    pytest.param(
        "[[stations]]\nname = '1001'\npassword = 'x'\n"
        "[[access_codes]]\nnumber = '1'\ntarget = 'station:1009' # <-",
        "access_codes[0].target",
        '"station:1009"',
        "station:<name>, one of 1001",
        id="target to an unknown station",
    ),
    pytest.param(
        "[[access_codes]]\nnumber = '1'\ntarget = 'number:123' # <-",
        "access_codes[0].target",
        '"number:123"',
        "number:<digits> that a route",
        id="target to a number no route carries",
    ),
    pytest.param(
        "[[access_codes]]\nnumber = '1'\ntarget = 'tree:x' # <-",
        "access_codes[0].target",
        '"tree:x"',
        TARGETS,
        id="target of an unknown kind",
    ),
    pytest.param(
        "[[queues]]\nname = 'q'\ncalendar = 'office' # <-",
        "queues[0].calendar",
        '"office"',
        "the name of a calendar",
        id="queue with a calendar that is not there",
    ),
    pytest.param(
        f"{ALARM}\ncalendar = 'office' # <-",
        "alarms[0].calendar",
        '"office"',
        "the name of a calendar",
        id="alarm with a calendar that is not there",
    ),
    pytest.param(
        f"{ALARM}\nservices = ['duty'] # <-",
        "alarms[0].services[0]",
        '"duty"',
        "a service of [[lookups]]",
        id="alarm for a service that is not there",
    ),
    pytest.param(
        f"{ALARM}\nagents = ['9001'] # <-",
        "alarms[0].agents[0]",
        '"9001"',
        "an agent: ",
        id="alarm for an agent who is not there",
    ),
    pytest.param(
        "[[queues]]\nname = 'q'\non_full = 'tree:x' # <-",
        "queues[0].on_full",
        '"tree:x"',
        TARGETS,
        id="way out of an unknown kind",
    ),
    pytest.param(
        "[sip]\nport = 20001 # <-",
        "sip.port",
        "20001",
        "a port outside media's range",
        id="overlapping ports",
    ),
    pytest.param(
        "[media]\nprompts = 'sounds' # <-",
        "media.prompts",
        '"sounds"',
        "a folder of prompts, but ",
        id="no prompts",
    ),
    pytest.param(
        "[[access_codes]]\nnumber = '*77'\ntarget = 'prompt:../x' # <-",
        "access_codes[0].target",
        '"prompt:../x"',
        "prompt:<name>",
        id="prompt outside the library",
    ),
    pytest.param(
        "[ivr]\nflows = 'trees' # <-",
        "ivr.flows",
        '"trees"',
        "trees is none: make it, be it empty, or name another",
        id="no flows",
    ),
    pytest.param(
        "[media]\nport_min = 30001\nport_max = 30002 # <-",
        "media.port_max",
        "30002",
        "at least 30003, as port_min is 30001, for an even port and the one above it",
        id="no room for media",
    ),
    pytest.param(
        "[media]\nport_min = 29999 # <-",
        "media.port_min",
        "29999",
        "at most 29998, as port_max is 29999",
        id="no room below the usual end",
    ),
    pytest.param(
        "[[stations]]\npassword = 'x'\nname = 'front desk' # <-",
        "stations[0].name",
        '"front desk"',
        'such as 1001; no spaces, and none of @ : ; < > " /.',
        id="name of a station",
    ),
    pytest.param("[sip]\nport = # <-", "port", "", "text in quotes, a number, true", id="syntax"),
    pytest.param("[sip # <-\nport = 1", "", "[sip", '"]" at the end of the section header', id="header"),
]


@pytest.mark.parametrize(("text", "key", "value", "expected"), MISTAKES)
def test_a_mistake_is_told_with_its_place(
    folder: Path, text: str, key: str, value: str, expected: str
) -> None:
    line = next(number for number, content in enumerate(text.split("\n"), 1) if HERE in content)
    (problem,) = problems_of(folder, text)
    assert problem.file == str(folder / "ringmain.toml")
    assert (problem.line, problem.key) == (line, key)
    assert problem.value.startswith(value) if key == "port" else problem.value == value
    assert expected in problem.expected


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(folder: Path) -> None:
    text = """\
[sip]
port = 0
[[queues]]
name = "q"
wrap_up_s = -1
[[stations]]
name = "a"
[[stations]]
name = "a"
password = "x"
[[agents]]
id = 7
[[agents]]
id = "1"
queues = ["p"]
[nonsense]
"""
    found = [(problem.line, problem.key) for problem in problems_of(folder, text)]
    assert found == [
        (2, "sip.port"),
        (5, "queues[0].wrap_up_s"),
        (6, "stations[0]"),
        (9, "stations[1].name"),
        (12, "agents[0].id"),
        (15, "agents[1].queues[0]"),
        (16, "nonsense"),
    ]


def test_a_syntax_mistake_hides_no_wrong_value_and_invents_none(folder: Path) -> None:
    text = '[[queues]]\nname = "service\n[[agents]]\nid = "1"\nqueues = ["service"]\n[sip]\nport = 0\n'
    assert [(problem.line, problem.key) for problem in problems_of(folder, text)] == [
        (2, "name"),
        (7, "sip.port"),
    ]


@pytest.mark.parametrize(
    "entry",
    [
        "name = 'a'\npassword = 4711",
        "name = 'a'\npassword = 'ok'\npasswrd = '4711'",
        "name = 'a'\npassword = '4711",
        "name = 'a'\npassword '4711'",
        "name = 'a'\npaswort = '4711",
    ],
)
@pytest.mark.parametrize("header", ["[[stations]]", "[stations]"])
def test_passwords_are_not_shown(folder: Path, header: str, entry: str) -> None:
    found = problems_of(folder, f"{header}\n{entry}\n")
    assert found
    assert "4711" not in "".join(map(str, found))


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("[sip]\nport = 0\n", True),
        ("[sip]\nport = \n", False),
        ("[[queues]]\nname = 5\n", False),
        ("[[queue]]\nname = 'q'\n", False),
        ("[[stations]]\nname = 5\n", False),
        ("media = 5\n", False),
    ],
)
def test_it_is_known_whether_mending_can_bring_up_more(folder: Path, text: str, complete: bool) -> None:
    path = folder / "ringmain.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(path)
    assert caught.value.complete is complete


def test_a_misspelt_section_is_one_mistake(folder: Path) -> None:
    text = "[[queue]]\nname = 'service'\n[[agents]]\nid = '1'\nqueues = ['service']\n"
    assert [problem.line for problem in problems_of(folder, text)] == [1]


def test_a_missing_file_is_one_problem(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="a file that can be read") as caught:
        load_configuration(tmp_path / "none.toml")
    assert caught.value.problems[0].line == 0


def test_what_is_no_utf8_is_told_by_line(folder: Path) -> None:
    path = folder / "ringmain.toml"
    path.write_bytes("[switch]\n# 好\nname = '客户'\n".encode("gb18030"))
    with pytest.raises(ConfigurationError, match="text in UTF-8") as caught:
        load_configuration(path)
    assert caught.value.problems[0].line == 2


def test_an_empty_file_means_the_defaults_with_paths_from_its_folder(folder: Path) -> None:
    path = folder / "ringmain.toml"
    path.write_text("[control]\nsocket = '../x/y.sock'\n")
    configuration = load_configuration(path)
    assert configuration.sip.port == 5060
    assert configuration.stations == []
    assert configuration.media.prompts == folder / "prompts"
    assert configuration.control.socket == folder.parent / "x" / "y.sock"
    assert configuration.records.database == f"sqlite:///{folder}/run/ringmain.db"


@given(st.binary(max_size=200) | st.text(alphabet="[]\n=\"'{}.,1asip port", max_size=100).map(str.encode))
def test_any_file_is_a_configuration_or_a_list_of_problems(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(path)  # there are no prompts and flows here
    assert caught.value.problems
