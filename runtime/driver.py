"""Run to completion: take an input, call the core, route its outputs by type, repeat until none is left."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any, Protocol

from runtime.clock import Clock
from runtime.deadlines import earliest
from runtime.errors import UsageError
from runtime.vocabulary import Command, Event

Outputs = Iterable[Any]
Handler = Callable[[Any, float], Outputs]
"""Takes one event or command and ``now``; returns further events and commands, in order."""
Observer = Callable[[Any, float], None]
"""Sees every event after it was routed, with the wall-clock time of its run; may not answer."""
Interest = Callable[[type[Event]], bool]
"""Whether an observer wants to see events of a kind; asked once a kind, until ``ask_observers_again``."""
FaultHandler = Callable[[object, Exception], Outputs]
"""Told of the item, core or observer at which something of ours raised; returns what ends the one call that
an item belongs to."""


def ignoring_time(handle: Callable[[Any], Outputs]) -> Handler:
    """A handler for the driver out of a function that does not need ``now``."""
    return lambda item, now: handle(item)


def merge_routes(*parts: Mapping[type, Handler]) -> dict[type, Handler]:
    """The routes of several parts of one core. An event that several of them hear goes to each in turn.

    Raises UsageError when a command is routed twice.
    """
    handlers: dict[type, list[Handler]] = {}
    for routes in parts:
        for kind, handler in routes.items():
            if kind in handlers and issubclass(kind, Command):
                raise UsageError(f"{kind.__name__} already has a handler")
            handlers.setdefault(kind, []).append(handler)
    return {kind: each[0] if len(each) == 1 else _InTurn(each) for kind, each in handlers.items()}


class _InTurn:
    """Several handlers in the place of one. The driver calls each by itself."""

    __slots__ = ("each",)

    def __init__(self, handlers: Iterable[Handler]) -> None:
        self.each = tuple(handlers)

    def __call__(self, item: Any, now: float) -> Outputs:
        return [output for handle in self.each for output in handle(item, now)]


class _OfOwn:
    """A handler that has nothing to do with most items of its kind."""

    __slots__ = ("handle", "name", "own")

    def __init__(self, own: Container[str], handle: Handler, name: str) -> None:
        self.own = own
        self.handle = handle
        self.name = name

    def __call__(self, item: Any, now: float) -> Outputs:
        return self.handle(item, now) if getattr(item, self.name) in self.own else ()


def of_own(own: Container[str], handle: Handler, name: str = "call_id") -> Handler:
    """``handle`` for items about what is in ``own`` when their turn comes. The driver calls it for no others.

    ``name``: the field that tells what an item is about.
    """
    return _OfOwn(own, handle, name)


class Core(Protocol):
    """What the driver needs of a core that has timers."""

    def next_deadline(self) -> float | None:
        """When the core wants to be woken, in monotonic seconds, or None."""

    def wake(self, *, now: float) -> Outputs:
        """Do the one thing that is due first at ``now``; return what follows.

        Asked again until nothing is due, so that a fault in one timer costs no other.
        """


class Alarm(Protocol):
    """The shell's one timer."""

    rings_soon: bool
    """Whether it rings in a moment anyhow, so that it need not be armed after each step."""

    def arm(self, earliest: Callable[[], float | None], ring: Callable[[], float | None], /) -> None:
        """Call ``ring`` when it is as late as ``earliest`` tells, which may have moved with this call.

        No harm if it rings when nothing is due: ``ring`` tells then what ``earliest`` would.
        """


Way = tuple[tuple[tuple[Handler, Container[Any] | None, str], ...], tuple[Observer, ...]]
"""Where items of a kind go: to handlers, each with what an item must be about to be its business (None: it is
in any case) and the field that tells what an item is about; and to observers.
"""


class Ways(Protocol):
    """The ways of all kinds that have been met, and the loop of a run.

    As a call passes through it fifty times it is ``media._core.Ways``, in Rust.
    """

    def clear(self) -> None:
        """Routes or observers have changed."""

    def drain(
        self,
        items: list[Any],
        find: Callable[[type], Way],
        on_fault: FaultHandler,
        now: float,
        wall: float,
        /,
    ) -> None:
        """Hand each item to handlers, in their order, and then to observers; ``items`` grow by what follows.

        Whether an item is a handler's business is asked in its turn: what one does may make it another's.
        ``find`` is asked for the way of a kind that is met first. What is raised costs nobody else anything:
        ``on_fault`` is told, with the item or the observer, and what it says of an item follows.
        """


class Driver:
    """The one place where outputs become inputs. No core is re-entered and none awaits."""

    def __init__(self, clock: Clock, alarm: Alarm, on_fault: FaultHandler, ways: Ways) -> None:
        self._clock = clock
        self._alarm = alarm
        self._on_fault = on_fault
        self._routes: dict[type, tuple[Handler, ...]] = {}
        self._cores: list[Core] = []
        self._observers: list[tuple[Observer, Callable[[type], bool]]] = []
        self._ways = ways
        self._running = False

    def add_core(self, core: Core) -> None:
        """Wake this core at its deadlines."""
        self._cores.append(core)

    def add_routes(self, routes: Mapping[type, Handler]) -> None:
        """Send each listed type to its handler.

        A command has exactly one handler; an event may have any number, served in the order added.
        Raises UsageError when a command is routed twice.
        """
        for kind, handler in routes.items():
            if kind in self._routes and issubclass(kind, Command):
                raise UsageError(f"{kind.__name__} already has a handler")
            each = handler.each if isinstance(handler, _InTurn) else (handler,)
            self._routes[kind] = (*self._routes.get(kind, ()), *each)
        self._ways.clear()

    def observe(self, observer: Observer, interest: Interest = lambda kind: True) -> None:
        """Show events of the kinds of ``interest`` to ``observer`` (journal, subscribers, metrics, log)."""
        self._add_observer(observer, lambda kind: issubclass(kind, Event) and interest(kind))

    def watch(self, kind: type, observer: Observer, is_wanted: Callable[[], bool]) -> None:
        """Show items of one kind, which need be no events, to ``observer`` for as long as it is wanted.

        ``is_wanted`` is asked anew after ``ask_observers_again``, so that it costs nothing while it is not.
        """
        self._add_observer(observer, lambda passing: passing is kind and is_wanted())

    def _add_observer(self, observer: Observer, sees: Callable[[type], bool]) -> None:
        self._observers.append((observer, sees))
        self.ask_observers_again()

    def ask_observers_again(self) -> None:
        """Some observer's interest has changed."""
        self._ways.clear()

    def submit(self, item: Event | Command) -> None:
        """Take one event or command from outside and run until nothing follows.

        Raises UsageError when a command's handler refuses it or it has none; nothing has happened then.
        """
        if isinstance(item, Command):
            self.run_step(lambda now: self._carry_out(item, now))
        else:
            self.run_step(lambda now: [item])

    def submit_all(self, events: Sequence[Event]) -> None:
        """Take events that came together, in this order, and run until nothing follows."""
        self.run_step(lambda now: events)

    def run_step(self, step: Callable[[float], Outputs]) -> None:
        """Run a step of a shell (such as handing datagrams to a core) and all that follows."""
        if self._running:
            raise UsageError("the driver is running; return outputs instead of submitting them")
        self._running = True
        now, wall = self._clock.now(), self._clock.wall()
        try:
            self._ways.drain([*step(now)], self._find_way, self._on_fault, now, wall)
        finally:
            self._running = False
            if not self._alarm.rings_soon:
                self._alarm.arm(self.next_deadline, self.wake)

    def next_deadline(self) -> float | None:
        """When the first core wants to be woken."""
        return earliest(*[core.next_deadline() for core in self._cores])

    def wake(self) -> float | None:
        """The alarm rang: wake every core that is due; when none is, return when the first will be."""
        now = self._clock.now()
        deadlines = [(core, core.next_deadline()) for core in self._cores]
        due = [core for core, at in deadlines if at is not None and at <= now]
        if not due:
            return earliest(*[at for _, at in deadlines])
        self.run_step(lambda now: self._wake(due, now))
        return None

    def _wake(self, due: Iterable[Core], now: float) -> Outputs:
        outputs: list[Any] = []
        for core in due:
            try:
                at: float | None = now
                while at is not None and at <= now:
                    outputs.extend(core.wake(now=now))
                    at = core.next_deadline()
            except Exception as fault:  # the other cores' timers must not wait for this one's
                outputs.extend(self._on_fault(core, fault))  # its next one rings soon, in a run of its own
        return outputs

    def _carry_out(self, command: Command, now: float) -> Outputs:
        (handler,) = self._routes.get(type(command)) or (self._refuse,)
        try:
            return list(handler(command, now))
        except UsageError:
            raise
        except Exception as fault:
            return self._on_fault(command, fault)

    def _find_way(self, kind: type) -> Way:
        """An event may go unheard, a command may not."""
        unrouted = (self._refuse,) if issubclass(kind, Command) else ()
        handlers = tuple(_condition(handler) for handler in self._routes.get(kind, unrouted))
        return handlers, self._find_observers(kind)

    def _refuse(self, command: Command, now: float) -> Outputs:
        raise UsageError(f"nobody handles {type(command).__name__}")

    def _find_observers(self, kind: type) -> tuple[Observer, ...]:
        return tuple(observer for observer, sees in self._observers if sees(kind))


def _condition(handler: Handler) -> tuple[Handler, Container[Any] | None, str]:
    """Whom to call when what is in a field is among others."""
    return (handler.handle, handler.own, handler.name) if isinstance(handler, _OfOwn) else (handler, None, "")
