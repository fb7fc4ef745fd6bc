"""Several SIP stacks on one bad network, in virtual time."""

import heapq
from collections.abc import Callable
from itertools import count
from random import Random
from typing import Any

from runtime.ids import SeededIds
from runtime.vocabulary import Command, Event
from switch.sip.commands import SendMessage
from switch.sip.config import SipConfig, StationConfig
from switch.sip.hop import Hop
from switch.sip.registration.binding_changes import KeepBindings
from switch.sip.stack import SipStack
from switch.sip.transport.reports import MessageReceived

Reaction = Callable[[Event], list[Command]]


class Node:
    """One stack on the network, what it reported, and what its owner does about it."""

    def __init__(self, hop: Hop, stack: SipStack) -> None:
        self.hop = hop
        self.stack = stack
        self.events: list[Event] = []
        self.reaction: Reaction = lambda event: []

    def of(self, kind: type[Any]) -> list[Any]:
        """The events of one kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]


class SipLink:
    """Delivers datagrams between nodes, losing, doubling and delaying them as the seed decides."""

    def __init__(
        self, *, seed: int = 0, loss: float = 0.0, doubling: float = 0.0, jitter_s: float = 0.0
    ) -> None:
        self.now = 0.0
        self.sent: list[tuple[Hop, Hop, bytes]] = []
        self._random = Random(seed)
        self._loss, self._doubling, self._jitter_s = loss, doubling, jitter_s
        self._nodes: dict[Hop, Node] = {}
        self._wire: list[tuple[float, int, Hop, Hop, bytes]] = []
        self._order = count()

    def add(self, port: int, *, stations: tuple[str, ...] = (), **settings: Any) -> Node:
        """A stack at 127.0.0.1; each station's password is its name backwards."""
        configured = [StationConfig.model_validate({"name": s, "password": s[::-1]}) for s in stations]
        config = SipConfig.model_validate({"port": port, **settings})
        stack = SipStack(config, configured, SeededIds(port), b"key of a test")
        hop = Hop("udp", "127.0.0.1", port)
        node = self._nodes[hop] = Node(hop, stack)
        return node

    def command(self, node: Node, *commands: Command) -> None:
        """Give a node orders."""
        for command in commands:
            self._settle(node, list(node.stack.routes()[type(command)](command, self.now)))

    def inject(self, source: Hop, target: Node, data: bytes) -> None:
        """Deliver a datagram from somebody who is no node."""
        self._settle(target, target.stack.receive(MessageReceived(data, source), self.now))

    def run(self, seconds: float) -> None:
        """Let time pass, from one delivery or deadline to the next."""
        end = self.now + seconds
        while (at := self._next()) is not None and at <= end:
            self.now = max(self.now, at)
            while self._wire and self._wire[0][0] <= self.now:
                _, _, source, target, data = heapq.heappop(self._wire)
                if target in self._nodes:
                    self.inject(source, self._nodes[target], data)
            for node in self._nodes.values():
                if (due := node.stack.next_deadline()) is not None and due <= self.now:
                    self._settle(node, node.stack.wake(now=self.now))
        self.now = end

    def messages_to(self, hop: Hop) -> list[bytes]:
        """Everything sent to an address, delivered or not."""
        return [data for _, target, data in self.sent if target == hop]

    def _next(self) -> float | None:
        times = [node.stack.next_deadline() for node in self._nodes.values()]
        times.append(self._wire[0][0] if self._wire else None)
        return min((at for at in times if at is not None), default=None)

    def _settle(self, node: Node, outputs: list[Any]) -> None:
        for output in outputs:
            if isinstance(output, SendMessage):
                self._send(node.hop, output)
            elif not isinstance(output, KeepBindings):
                node.events.append(output)
                self._heed(node, output)
                self.command(node, *node.reaction(output))

    def _heed(self, node: Node, event: Event) -> None:
        """What the stack does about an event or command of its own."""
        handler = node.stack.routes().get(type(event))
        if handler is not None:
            self._settle(node, list(handler(event, self.now)))

    def _send(self, source: Hop, message: SendMessage) -> None:
        self.sent.append((source, message.hop, message.data))
        copies = 2 if self._random.random() < self._doubling else 1
        for _ in range(copies):
            if self._random.random() >= self._loss:
                at = self.now + 0.001 + self._random.random() * self._jitter_s
                heapq.heappush(self._wire, (at, next(self._order), source, message.hop, message.data))
