"""The screen of ``ringmain top``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import DataTable, Footer, Static, TabbedContent, TabPane
from textual.widgets.data_table import RowDoesNotExist

from cli.top.columns import FIRST_ORDER, TABLES
from cli.top.dialogs import Details, Question
from cli.top.live import LiveScreen
from cli.top.view import Picture, columns_for, details, lines, next_order, next_tenant, summary
from switch.control.client import ControlClient, ControlClientError


@dataclass(frozen=True, slots=True)
class Order:
    """Something to be done with the thing under the cursor."""

    table: str
    verb: str
    question: str
    parameter: str


ORDERS: Mapping[str, Order] = {
    "hang_up": Order("calls", "call.hang_up", "Hang up {}?", "call_id"),
    "ready": Order("agents", "agent.force_ready", "Make agent {} ready?", "agent"),
    "not_ready": Order("agents", "agent.force_not_ready", "Make agent {} not ready?", "agent"),
    "sign_out": Order("agents", "agent.force_sign_out", "Sign agent {} out?", "agent"),
}
_MORE: Mapping[str, tuple[str, str, str]] = {
    "calls": ("call.show", "call_id", ""),
    "agents": ("agent.figures", "agent", "today"),
    "queues": ("queue.waiting", "queue", "callers"),
}
"""What else is told of one thing: the verb, its parameter, and under which name it is shown."""


class Top(LiveScreen):
    """Runs until ``q``."""

    TITLE = "ringmain top"
    TOPICS: ClassVar[tuple[str, ...]] = ("agent.*", "call.*", "item.*", "queue.*")
    CSS = """
    #summary { height: 1; padding: 0 1; }
    #note { height: auto; padding: 0 1; color: $warning; }
    .dialog { width: 80%; max-height: 80%; height: auto; padding: 1 2; }
    .dialog { background: $panel; border: round $primary; }
    Details, Question { align: center middle; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("q", "quit", "Quit"),
        ("1", "table('queues')", "Queues"),
        ("2", "table('agents')", "Agents"),
        ("3", "table('calls')", "Calls"),
        ("s", "sort", "Sort"),
        ("t", "tenant", "Tenant"),
        ("h", "order('hang_up')", "Hang up"),
        ("r", "order('ready')", "Ready"),
        ("n", "order('not_ready')", "Not ready"),
        ("o", "order('sign_out')", "Sign out"),
    ]

    def __init__(
        self, socket: Path, now: Callable[[], float], by: str, picture: Picture | None = None
    ) -> None:
        """``now``: monotonic, in seconds; ``by``: who does what is done here; ``picture``: shown at first."""
        super().__init__(socket, now, picture)
        self._by = by
        self._orders = dict(FIRST_ORDER)
        self._tenant: str | None = None
        self._unseen: list[str] = []
        """Tables that are not for whoever looks."""

    def compose(self) -> ComposeResult:
        yield Static(id="summary")
        with TabbedContent(initial="queues"):
            for name in TABLES:
                with TabPane(name.capitalize(), id=name):
                    yield DataTable[Text](id=f"{name}-table", cursor_type="row")
        yield Static(id="note")
        yield Footer()

    async def _look_closer(self, client: ControlClient, left_out: list[str]) -> None:
        self._unseen = [table for table in TABLES if table in left_out]

    def _draw(self) -> None:
        if not self.query("#summary"):  # not composed yet
            return
        told = summary(self._picture, self._tenant, self._unseen)
        self.query_one("#summary", Static).update(Text(told, "bold"))
        self._fill(self._shown)

    def _fill(self, name: str) -> None:
        table, width, order = self._table(name), self.size.width, self._orders[name]
        kept = self._key_under_cursor(table)
        columns = columns_for(name, width)
        table.clear(columns=True)
        for column in columns:
            mark = (" ▼" if order[1] else " ▲") if column.title == order[0] else ""
            table.add_column(column.title + mark)
        shown = lines(self._picture, name, now=self._now(), width=width, order=order, tenant=self._tenant)
        for line in shown:
            table.add_row(*(Text(text, level.value) for text, level in line.cells), key=line.key)
        if kept is not None:
            self._go_to(table, kept)

    def _go_to(self, table: DataTable[Text], key: str) -> None:
        try:
            table.move_cursor(row=table.get_row_index(key), animate=False)
        except RowDoesNotExist:
            return

    @property
    def _shown(self) -> str:
        return str(self.query_one(TabbedContent).active)

    def _table(self, name: str) -> DataTable[Text]:
        return self.query_one(f"#{name}-table", DataTable)

    def _key_under_cursor(self, table: DataTable[Text]) -> str | None:
        if not table.is_valid_coordinate(table.cursor_coordinate):
            return None
        return table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value

    def action_table(self, name: str) -> None:
        """Show another table."""
        self.query_one(TabbedContent).active = name
        self._table(name).focus()
        self._draw()

    def on_tabbed_content_tab_activated(self) -> None:
        self._table(self._shown).focus()
        self._draw()

    def action_sort(self) -> None:
        """By the same column the other way round, then by the next."""
        name = self._shown
        self._orders[name] = next_order(name, self._orders[name], self.size.width)
        self._draw()

    def action_tenant(self) -> None:
        """Show the next tenant's only, and after the last all."""
        self._tenant = next_tenant(self._picture.tenants(), self._tenant)
        self._draw()

    async def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Tell all of the thing under the cursor."""
        name, key = self._shown, event.row_key.value
        thing = self._picture.thing(name, key)
        if thing is None or key is None:
            return
        more = await self._ask_more(name, key)
        await self.push_screen(Details(f"{name.removesuffix('s')} {key}", details({**thing, **more})))

    async def _ask_more(self, name: str, key: str) -> Mapping[str, Any]:
        verb, parameter, told_as = _MORE[name]
        if self._client is None:
            return {}
        try:
            answer = await self._client.call(verb, **{parameter: key})
        except ControlClientError:
            return {}  # what the list tells is shown all the same
        return {told_as: answer} if told_as else answer

    def action_order(self, word: str) -> None:
        """Do something with the thing under the cursor, once that is confirmed."""
        order = ORDERS[word]
        if self._shown != order.table:
            self._note(f"this is done with {order.table}: go there and choose one")
            return
        key = self._key_under_cursor(self._table(order.table))
        if key is None:
            self._note(f"there are no {order.table}")
            return

        def confirmed(yes: bool | None) -> None:
            if yes:
                self.run_worker(self._carry_out(order, key), group="order")

        self.push_screen(Question(order.question.format(key)), confirmed)

    async def _carry_out(self, order: Order, key: str) -> None:
        if self._client is None:
            return
        given: dict[str, Any] = {order.parameter: key}
        if order.table == "agents":
            given["by"] = self._by
        try:
            await self._client.call(order.verb, **given)
        except ControlClientError as error:
            self._note(str(error))
            return
        self._note(f"{order.verb} {key}: done")
        self._is_stale = True
