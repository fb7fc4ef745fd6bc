"""What live screens of a running switch have in common: they follow events, and look again when one came."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import App
from textual.events import Resize
from textual.widgets import Static

from cli.credentials import address_of, authorities, token
from cli.top.columns import TABLES
from cli.top.view import Picture
from switch.control.client import ControlClient, ControlClientError, NotConnected
from switch.records.projection import JournalEntry

SHARE_OF_TIME = 0.1
"""Of the switch's time at most for pictures: of a large house they are taken less often."""
AGAIN_S = 2.0
"""Until the next attempt to reach a switch that does not answer."""


class LiveScreen(App[None]):
    """Runs until it is quit. Events tell when something is other, a picture of the switch what."""

    ENABLE_COMMAND_PALETTE = False
    TOPICS: ClassVar[tuple[str, ...]]
    TICK_S: ClassVar[float] = 1.0
    """Ages go on so often, and no picture is asked for more often."""

    def __init__(self, socket: Path, now: Callable[[], float], picture: Picture | None = None) -> None:
        """``now``: monotonic, in seconds; ``picture``: shown at first."""
        super().__init__()
        self._socket = socket
        self._now = now
        self._client: ControlClient | None = None
        self._picture = picture or Picture(now())
        self._is_stale = False
        self._rests_until = 0.0
        self._is_away = False
        """Whether the note tells that the switch does not answer."""

    def on_mount(self) -> None:
        self.set_interval(self.TICK_S, self._tick)
        self._start()

    def on_resize(self, event: Resize) -> None:
        self._draw()

    def _start(self) -> None:
        self.run_worker(self._follow(), group="follow", exclusive=True)

    async def _follow(self) -> None:
        """Be told when anything is other, until the switch is gone; then try again."""
        try:
            async with (
                ControlClient.connect(address_of(self._socket), token=token(), tls=authorities()) as client,
                client.subscription(*self.TOPICS, coalesce=True) as events,
            ):
                self._client = client
                self._be_back()
                await self._take_picture()
                async for entry in events:
                    self._is_stale = True
                    self._hear(entry)
        except ControlClientError as error:
            self._is_away = True
            self._note(self._away(error))
            self.set_timer(AGAIN_S, self._start)
        finally:
            self._client = None

    def _be_back(self) -> None:
        """A note of anything else stays."""
        if self._is_away:
            self._is_away = False
            self._note("")

    def _away(self, error: ControlClientError) -> str:
        return f"{error}; trying again every {AGAIN_S:g} s"

    def _tick(self) -> None:
        if self._is_stale and self._client is not None and self._now() >= self._rests_until:
            self._is_stale = False
            self.run_worker(self._take_picture(), group="picture", exclusive=True)
        self._draw()

    async def _take_picture(self) -> None:
        if (client := self._client) is None:
            return
        began = self._now()
        try:
            told = await client.call("event.snapshot")
            now = self._now()
            self._picture = Picture(now, {table: told["parts"].get(table, ()) for table in TABLES})
            await self._look_closer(client, told["left_out"])
        except NotConnected:
            return  # of which the follower tells
        except ControlClientError as error:
            self._note(str(error))
            return
        self._rests_until = now + (now - began) / SHARE_OF_TIME
        self._draw()

    def _hear(self, entry: JournalEntry) -> None:
        """An event of ``TOPICS``."""

    async def _look_closer(self, client: ControlClient, left_out: list[str]) -> None:
        """Ask what the picture does not tell, without what is ``left_out``. Raises ControlClientError."""

    def _draw(self) -> None:
        """Show what is known now; nothing before all is composed."""
        raise NotImplementedError

    def _note(self, text: str) -> None:
        self.query_one("#note", Static).update(Text(text))
