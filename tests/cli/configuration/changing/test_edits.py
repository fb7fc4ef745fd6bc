"""One object of a file changed: everything else stays as people wrote it."""

from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from cli.configuration.changing.edits import Edit, edited
from cli.configuration.sections import Configuration, TenantFile
from cli.log import HIDDEN
from runtime.errors import UsageError

SHIPPED = (Path(__file__).parents[4] / "conf" / "ringmain.toml").read_text("utf-8")
FILE = """\
# 95598 热线
[acd]
# how long 优先
priority_level_s = 60  # a minute

# the night shift
[[agents]]
id = "1001"  # 工号
name = "张伟"
# weight = 1.0
queues = [ "service" ]

# the day shift

[[agents]]
id = "1002"
[agents.skills]
billing = 5

[[queues]]
name = "service"
"""


def edit(text: str, section: str, name: str = "", /, *, removed: bool = False, **keys: Any) -> str:
    return edited(text, Edit(section, name, keys, removed), Configuration)


def lines_lost(before: str, after: str) -> set[str]:
    return set(before.splitlines()) - set(after.splitlines())


def test_a_key_gets_another_value_and_its_line_keeps_its_comment() -> None:
    after = edit(FILE, "acd", priority_level_s=30)
    assert after == FILE.replace("priority_level_s = 60", "priority_level_s = 30")


def test_a_new_key_comes_behind_the_others_of_its_object() -> None:
    after = edit(FILE, "agents", "1001", weight=2)
    assert after == FILE.replace('queues = [ "service" ]\n', 'queues = [ "service" ]\nweight = 2\n')


def test_a_key_is_taken_out_by_null() -> None:
    assert edit(FILE, "agents", "1001", name=None) == FILE.replace('name = "张伟"\n', "")


def test_a_value_stands_before_the_tables_of_its_object() -> None:
    after = edit(FILE, "agents", "1002", tags=["老人"])
    assert after == FILE.replace('id = "1002"\n', 'id = "1002"\ntags = ["老人"]\n\n')


def test_a_table_of_an_object_can_become_a_value() -> None:
    after = edit(FILE, "agents", "1002", skills={"billing": 1, "lang:en": 2})
    (agent,) = [each for each in tomli.loads(after)["agents"] if each["id"] == "1002"]
    assert agent["skills"] == {"billing": 1, "lang:en": 2}


def test_a_new_object_comes_behind_the_last_of_its_kind() -> None:
    after = edit(FILE, "agents", "1003", name="李娜", queues=["service"])
    block = '[[agents]]\nid = "1003"\nname = "李娜"\nqueues = ["service"]\n'
    assert after == FILE.replace("billing = 5\n", f"billing = 5\n\n{block}")


def test_the_first_of_its_kind_comes_at_the_end() -> None:
    assert edit(FILE, "calendars", "office", hours=["mon-fri 08:00-12:00"]) == (
        f'{FILE}\n[[calendars]]\nname = "office"\nhours = ["mon-fri 08:00-12:00"]\n'
    )


def test_a_removed_object_takes_its_own_comments_with_it_and_no_other() -> None:
    after = edit(FILE, "agents", "1001", removed=True)
    lost = {
        "# the night shift",
        'id = "1001"  # 工号',
        'name = "张伟"',
        "# weight = 1.0",
        'queues = [ "service" ]',
    }
    assert lines_lost(FILE, after) == lost
    assert "# the day shift" in after


def test_a_removed_object_takes_its_tables_with_it() -> None:
    assert tomli.loads(edit(FILE, "agents", "1002", removed=True))["agents"] == [
        {"id": "1001", "name": "张伟", "queues": ["service"]}
    ]


@pytest.mark.parametrize(
    ("section", "name", "keys", "told"),
    [
        ("agents", "", {}, "name the one, by its id"),
        ("acd", "x", {}, "has no names such as"),
        ("xyz", "", {}, "there is no section 'xyz' to change here, but switch, "),
        ("station", "1001", {}, r"there is no section 'station' to change here; did you mean stations\?$"),
        ("agents", "1001", {"id": "1009"}, "keeps its id"),
        ("stations", "1001", {"password": HIDDEN}, "password is hidden"),
    ],
)
def test_what_cannot_be_is_refused(section: str, name: str, keys: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        edited(FILE, Edit(section, name, keys), Configuration)


def test_what_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(UsageError, match="there is no agents 1009 in the file"):
        edit(FILE, "agents", "1009", removed=True)


@pytest.mark.parametrize(
    "text", ['agents = [{ id = "1001" }]\n', '[[agents]]\nid = "1"\n[acd]\n[agents.skills]\n']
)
def test_what_is_written_in_another_form_is_left_to_people(text: str) -> None:
    with pytest.raises(UsageError, match=r"by hand|cannot be read"):
        edit(text, "agents", "1001", weight=2)


def test_a_line_separator_within_a_text_ends_no_line() -> None:
    text = '[[queues]]\nname = "a"\ntitle = "a\u2028b"\n\n[[queues]]\nname = "b"\n'
    assert edit(text, "queues", "b", weight=2) == f"{text}weight = 2\n"


CHARACTERS = st.characters(codec="utf-8")
KEYS = st.dictionaries(
    st.sampled_from(["title", "weight", "exit_keys", "rank_skills", "record"]),
    st.one_of(
        st.none(),
        st.integers(-(2**40), 2**40),
        st.booleans(),
        st.text(CHARACTERS, max_size=20),
        st.lists(st.text(CHARACTERS, max_size=8), max_size=30),
        st.dictionaries(st.text(CHARACTERS, max_size=8), st.integers(0, 9), max_size=3),
    ),
)
EDITS = st.builds(
    Edit, st.just("queues"), st.sampled_from(["service", "billing", "新装"]), KEYS, st.booleans()
)


@given(st.lists(EDITS, max_size=5))
def test_whatever_is_ordered_stands_there_then_and_all_else_as_before(orders: list[Edit]) -> None:
    text, wanted = SHIPPED, tomli.loads(SHIPPED)["queues"]
    for order in orders:
        there = [queue for queue in wanted if queue["name"] == order.name]
        rest = [queue for queue in wanted if queue["name"] != order.name]
        if order.removed and not there:
            continue
        text = edited(text, order, Configuration)
        if order.removed:
            wanted = rest
            continue
        old = there[0] if there else {"name": order.name}
        new = {key: value for key, value in {**old, **order.keys}.items() if value is not None}
        wanted = [new if queue is old else queue for queue in wanted] if there else [*wanted, new]
    now = tomli.loads(text)
    assert now.pop("queues", []) == wanted
    assert now == {section: keys for section, keys in tomli.loads(SHIPPED).items() if section != "queues"}


def test_a_tenants_file_has_the_sections_of_a_tenants_file_only() -> None:
    with pytest.raises(UsageError, match="there is no section 'trunks'"):
        edited("", Edit("trunks", "carrier"), TenantFile)
    assert edited("", Edit("tenant", keys={"title": "供电"}), TenantFile) == '[tenant]\ntitle = "供电"\n'
