"""What opens above the tables of ``ringmain top``: all of one thing, and questions before orders."""

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static


class Details(ModalScreen[None]):
    """All that is known of one call, agent or queue."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,enter,q", "dismiss", "Close")]

    def __init__(self, title: str, told: list[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._told = told

    def compose(self) -> ComposeResult:
        table = Table.grid(padding=(0, 2))
        for key, value in self._told:
            table.add_row(Text(key, "dim"), Text(value))
        with VerticalScroll(classes="dialog"):
            yield Static(Text(self._title, "bold"))
            yield Static(table, id="details")


class Question(ModalScreen[bool]):
    """Whether something is really to be done."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("y", "dismiss(True)", "Yes"),
        ("n,escape,q", "dismiss(False)", "No"),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog"):
            yield Static(Text(self._text), id="question")
            yield Static(Text("y: yes   n: no", "dim"))
