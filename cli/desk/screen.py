"""The screen of ``ringmain desk``."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.events import Key
from textual.widgets import Static

from cli.desk import view
from cli.desk.orders import Ask, Order, order_of
from cli.desk.seen import Seen
from cli.desk.words import Words
from cli.top.dialogs import Choice, Entry
from cli.top.live import LiveScreen
from runtime.errors import UsageError
from switch.control.client import ControlClient, ControlClientError
from switch.records.projection import JournalEntry


class Desk(LiveScreen):
    """Runs until ``q``; the agent stays signed in."""

    TITLE = "ringmain desk"
    TOPICS: ClassVar[tuple[str, ...]] = ("agent.*", "call.*", "offer.*", "queue.*")
    TICK_S: ClassVar[float] = 0.25
    CSS = """
    #head, #waiting, #figures { height: auto; padding: 0 1; }
    #middle { height: 1fr; padding: 0 1; border-top: solid $primary; border-bottom: solid $primary; }
    #messages, #keys { height: auto; padding: 0 1; }
    #note { height: auto; padding: 0 1; color: $warning; }
    .dialog { width: 80%; max-height: 80%; height: auto; padding: 1 2; }
    .dialog { background: $panel; border: round $primary; }
    Entry, Choice { align: center middle; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "Quit")]

    def __init__(self, socket: Path, now: Callable[[], float], agent: str, words: Words) -> None:
        """``now``: monotonic, in seconds; ``agent``: the number (工号)."""
        super().__init__(socket, now)
        self._words = words
        self._seen = Seen(agent)

    def compose(self) -> ComposeResult:
        yield Static(id="head")
        yield Static(id="waiting")
        with VerticalScroll(id="middle"):
            yield Static(id="call")
        yield Static(id="figures")
        yield Static(id="messages")
        yield Static(id="note")
        yield Static(id="keys")

    def _away(self, error: ControlClientError) -> str:
        return self._words("again", error=error)

    def _hear(self, entry: JournalEntry) -> None:
        fields = entry.fields
        if entry.topic == "agent.popup":
            self._seen = self._seen.with_popup(fields)
        elif entry.topic == "agent.warned" and fields["agent"] == self._seen.agent_id:
            what, limit = self._words(fields["limit"]), f"{fields['limit_s']:g} s"
            self._note(self._words("warned", what=what, limit=limit))

    async def _look_closer(self, client: ControlClient, left_out: list[str]) -> None:
        seen = self._seen.with_picture(self._picture)
        if seen.agent is not None:
            figures = await client.agent.figures(agent=seen.agent_id)
            messages = await client.agent.messages(agent=seen.agent_id)
            reasons = await client.agent.reasons()
            seen = replace(seen, figures=figures, messages=messages, reasons=reasons["agents"])
        in_hand = await client.call.show(call_id=seen.calls[0]["call_id"]) if seen.calls else None
        self._seen = replace(seen, call=in_hand, popups=self._seen.popups)

    def _draw(self) -> None:
        if not self.query("#head"):  # not composed yet
            return
        seen, words, now = self._seen, self._words, self._now()
        line, level = view.head(seen, words, now)
        self._show("head", Text(line, f"bold {level.value}"))
        self._show("waiting", Text(view.waiting(seen, words, now)))
        self._show("call", Text("\n".join(view.call(seen, words, now))))
        self._show("figures", Text(view.figures(seen, words), "dim"))
        texts = (Text(text, level.value) for text, level in view.messages(seen))
        self._show("messages", Text("\n").join(texts))
        keys = (Text.assemble((key, "bold reverse"), f" {word}") for key, word in view.keys(seen, words))
        self._show("keys", Text("  ").join(keys))

    def _show(self, name: str, text: Text) -> None:
        self.query_one(f"#{name}", Static).update(text)

    def on_key(self, event: Key) -> None:
        """Do what the key is for just now."""
        if self.screen is not self.screen_stack[0] or event.character is None:
            return  # a question is open
        order = order_of(self._seen, event.character)
        if order is not None:
            event.stop()
            self.run_worker(self._carry_out(order), group="order", exclusive=True)

    async def _carry_out(self, order: Order) -> None:
        given: list[str] = []
        for ask in order.asks:
            answer = await self._ask(ask)
            if answer is None:
                return
            given.append(answer)
        if self._client is None:
            self._note(self._words("not_now"))
            return
        try:
            await self._client.call(order.verb, **order.params(self._seen, given))
        except (ControlClientError, UsageError) as error:
            self._note(str(error))
            return
        self._note(f"{self._words(order.word)}: {self._words('done')}")
        await self._take_picture()

    async def _ask(self, ask: Ask) -> str | None:
        title, choices = self._words(ask.word), ask.choices(self._seen)
        dialog = Choice(title, choices) if choices else Entry(title, ask.default(self._seen))
        return await self.push_screen_wait(dialog)
