"""What ``ringmain top`` shows: sorted, filtered, with ages that go on and colours that warn."""

from typing import Any

from cli.top.columns import FIRST_ORDER, TABLES, Level
from cli.top.view import ROWS_SHOWN, Picture, columns_for, details, lines, next_order, next_tenant, summary


def queue(name: str, **keys: Any) -> dict[str, Any]:
    return {
        "name": name,
        "waiting": 0,
        "longest_wait_s": 0.0,
        "agents": {},
        "calls": {},
        "service_level": [],
    } | keys


def agent(number: str, state: str, **keys: Any) -> dict[str, Any]:
    return {"id": number, "name": "", "state": state, "reason": None, "since_s": 10.0, "queues": []} | keys


def picture(**things: list[dict[str, Any]]) -> Picture:
    return Picture(100.0, things)


def texts(shown: Picture, table: str, column: str, *, now: float = 100.0, **more: Any) -> list[str]:
    order = more.pop("order", FIRST_ORDER[table])
    titles = [each.title for each in columns_for(table, 200)]
    found = lines(shown, table, now=now, width=200, order=order, tenant=more.get("tenant"))
    return [line.cells[titles.index(column)][0] for line in found]


def level(shown: Picture, table: str, column: str, *, now: float = 100.0) -> Level:
    titles = [each.title for each in columns_for(table, 200)]
    (line,) = lines(shown, table, now=now, width=200, order=FIRST_ORDER[table], tenant=None)
    return line.cells[titles.index(column)][1]


def test_waits_and_ages_go_on_between_two_pictures() -> None:
    shown = picture(queues=[queue("a", waiting=1, longest_wait_s=18.0), queue("b", longest_wait_s=0.0)])
    assert texts(shown, "queues", "longest") == ["0:18", "–"]
    assert texts(shown, "queues", "longest", now=165.0) == ["1:23", "–"]


def test_a_wait_warns_as_it_grows() -> None:
    shown = picture(queues=[queue("a", waiting=1, longest_wait_s=15.0)])
    told = [level(shown, "queues", "longest", now=now) for now in (100.0, 105.0, 145.0)]
    assert told == [Level.PLAIN, Level.CAUTION, Level.ALARM]
    assert level(picture(queues=[queue("a", waiting=10)]), "queues", "waiting") is Level.ALARM
    few = [{"share": 0.4, "within_s": 20.0, "answered": 2}]
    assert level(picture(queues=[queue("a", service_level=few)]), "queues", "in time") is Level.ALARM


def test_the_longest_wait_comes_first_and_nothing_last() -> None:
    waits = {"a": 5.0, "b": 50.0, "c": None, "d": 20.0}
    shown = picture(queues=[queue(name, waiting=1, longest_wait_s=wait) for name, wait in waits.items()])
    assert texts(shown, "queues", "queue") == ["b", "d", "a", "c"]
    assert texts(shown, "queues", "queue", order=("queue", False)) == ["a", "b", "c", "d"]


def test_each_tenant_is_shown_alone_and_then_all_again() -> None:
    calls = [{"call_id": "call-acme-1", "age_s": 1.0}, {"call_id": "call-1", "age_s": 2.0}]
    shown = picture(agents=[agent("acme/81", "ON_CALL"), agent("81", "AVAILABLE")], calls=calls)
    tenants = shown.tenants()
    assert tenants == ["", "acme"]
    assert texts(shown, "agents", "agent", tenant="acme") == ["acme/81"]
    assert texts(shown, "calls", "call", tenant="") == ["call-1"]
    assert [next_tenant(tenants, each) for each in (None, "", "acme", "gone")] == ["", "acme", None, None]
    assert next_tenant([], None) is None
    assert summary(shown, None) == "all tenants: 2 calls, 0 waiting, agents 1 AVAILABLE, 1 ON_CALL"
    assert summary(shown, "acme") == "acme: 1 calls, 0 waiting, agents 1 ON_CALL"
    assert summary(shown, "acme", ["queues"]).endswith("agents 1 ON_CALL; not for you: queues")


def test_sorting_goes_both_ways_through_all_columns_that_are_shown() -> None:
    order, seen = FIRST_ORDER["agents"], []
    for _ in range(2 * len(columns_for("agents", 80))):
        order = next_order("agents", order, 80)
        seen.append(order)
    assert len(set(seen)) == len(seen)
    assert {title for title, _ in seen} == {column.title for column in columns_for("agents", 80)}


def test_narrow_terminals_leave_columns_out_and_keep_the_first() -> None:
    for table, columns in TABLES.items():
        widths = [len(columns_for(table, width)) for width in (20, 60, 80, 200)]
        assert widths == sorted(widths)
        assert 3 <= widths[0] < widths[-1] == len(columns), table


def test_no_more_rows_are_shown_than_anybody_reads() -> None:
    shown = picture(calls=[{"call_id": f"call-{age}", "age_s": float(age)} for age in range(4000)])
    told = texts(shown, "calls", "call")
    assert (len(told), told[0]) == (ROWS_SHOWN, "call-3999")


def test_details_have_a_line_for_each_key_and_each_entry() -> None:
    told = details(
        {"state": "answered", "tags": ["vip", "老人"], "legs": [{"side": "customer", "mos": 4.123}]}
    )
    assert told == [("state", "answered"), ("tags", "vip, 老人"), ("legs 1", "side customer, mos 4.12")]
