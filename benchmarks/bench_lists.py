"""What a number list costs: memory for its numbers, a look-up, and bringing it back from the database.

python -m benchmarks.bench_lists [--numbers 1000000] [--json]
"""

import argparse
import gc
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from switch.customers.config import NumberListConfig
from switch.customers.customer_lists import CustomerLists
from switch.customers.loader import sorted_into_lists
from switch.customers.number_list import Entry, NumberList
from switch.records.config import RecordsConfig
from switch.records.inserting import Row
from switch.records.number_entries import number_entries
from switch.records.queries import RecordReader
from switch.records.store import RecordStore
from switch.trunks.config import NumberingConfig

LISTS = 8
LOOK_UPS = 100_000
_ROWS_AT_A_TIME = 20_000
_FIRST_NUMBER = 13_000_000_000


@dataclass(frozen=True, slots=True)
class Result:
    """The figures, with their unit at the end of their name."""

    numbers: int
    memory_mb: float
    memory_with_remarks_mb: float
    collection_ms: float
    """A full collection of Python's garbage collector beside them."""
    lookup_us: float
    """Of a number that is on a list, in 8 lists."""
    lookup_unknown_us: float
    add_us: float
    load_s: float
    """From SQLite, as at the start of the switch."""


def measure(count: int) -> Result:
    """Fill a list in memory and one in a database."""
    plain, memory_mb, _ = _measured(lambda: _filled(count, ""))
    remarked, with_remarks_mb, fill_s = _measured(lambda: _filled(count, "客户"))
    lists = CustomerLists(
        [NumberListConfig(name=f"list-{n}") for n in range(LISTS)], NumberingConfig().plan()
    )
    remarked.put(Entry("139*"))
    lists.restore({"list-0": plain, "list-1": remarked})
    began = time.perf_counter()
    gc.collect()
    collected = time.perf_counter()
    return Result(
        numbers=count,
        memory_mb=round(memory_mb),
        memory_with_remarks_mb=round(with_remarks_mb),
        collection_ms=round((collected - began) * 1e3, 1),
        lookup_us=_look_up_us(lists, str(_FIRST_NUMBER)),
        lookup_unknown_us=_look_up_us(lists, "18900000000"),
        add_us=round(fill_s / count * 1e6, 2),
        load_s=_load_s(count),
    )


def _filled(count: int, remark: str) -> NumberList:
    numbers = NumberList()
    for index in range(count):
        numbers.put(Entry(str(_FIRST_NUMBER + index), remark and f"{remark}{index}"))
    return numbers


def _measured(fill: Callable[[], NumberList]) -> tuple[NumberList, float, float]:
    """With the memory it takes in MB and the time in s."""
    gc.collect()
    before_mb, began = _memory_mb(), time.perf_counter()
    numbers = fill()
    return numbers, _memory_mb() - before_mb, time.perf_counter() - began


def _memory_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def _look_up_us(lists: CustomerLists, number: str) -> float:
    began = time.process_time()
    for _ in range(LOOK_UPS):
        lists.facts(number, 0.0)
    return round((time.process_time() - began) / LOOK_UPS * 1e6, 2)


def _load_s(count: int) -> float:
    with tempfile.TemporaryDirectory(prefix="bench-lists-") as folder:
        config = RecordsConfig(database=f"sqlite:///{folder}/lists.db")
        store = RecordStore(config.database, [number_entries])
        store.open()
        for rows in _rows(count):
            store.write({number_entries: rows}, 1)
        store.close()
        began = time.perf_counter()
        lists = sorted_into_lists(RecordReader(config).number_entries())
        assert len(lists["vip"]) == count
        return round(time.perf_counter() - began, 2)


def _rows(count: int) -> Iterator[list[Row]]:
    common = {"list": "vip", "valid_from": None, "valid_until": None, "removed": False, "changed_by": "bench"}
    for first in range(0, count, _ROWS_AT_A_TIME):
        changed = {**common, "changed_at": datetime.fromtimestamp(1_790_000_000 + first, UTC)}
        some = range(first, min(first + _ROWS_AT_A_TIME, count))
        yield [{**changed, "number": str(_FIRST_NUMBER + n), "remark": f"客户{n}"} for n in some]


def _table(result: Result) -> Table:
    table = Table("figure", title="number lists")
    table.add_column("value", justify="right")
    for name, value in asdict(result).items():
        table.add_row(name, f"{value:g}")
    return table


def main() -> None:
    """Measure, print the table, then the one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--numbers", type=int, default=1_000_000, help="numbers on the list")
    parser.add_argument("--json", action="store_true", help="print the line of JSON only")
    arguments = parser.parse_args()
    result = measure(arguments.numbers)
    if not arguments.json:
        Console().print(_table(result))
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
