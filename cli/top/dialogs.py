"""What opens above live screens: all of one thing, and questions before orders."""

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option


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


class Entry(ModalScreen[str | None]):
    """A text to be written; None when nobody wants to."""

    AUTO_FOCUS: ClassVar[str | None] = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Cancel")]

    def __init__(self, title: str, text: str = "") -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog"):
            yield Static(Text(self._title), id="question")
            yield Input(self._text)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what is written; nothing is not taken."""
        if event.value.strip():
            self.dismiss(event.value.strip())


class Choice(ModalScreen[str | None]):
    """One of several values, shown by their words; None when nobody wants to."""

    AUTO_FOCUS: ClassVar[str | None] = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Cancel")]

    def __init__(self, title: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._choices = choices

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog"):
            yield Static(Text(self._title), id="question")
            yield OptionList(*(Option(Text(words)) for _, words in self._choices))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the one under the cursor."""
        self.dismiss(self._choices[event.option_index][0])
