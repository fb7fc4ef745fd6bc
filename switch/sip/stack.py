"""The SIP stack: messages and commands in, events and messages out. No socket, no clock."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from runtime.deadlines import earliest
from runtime.driver import Handler, merge_routes
from runtime.ids import Ids
from runtime.vocabulary import Output
from switch.sip.authentication.authenticator import Authenticator
from switch.sip.authentication.station_proof import StationProof
from switch.sip.commands import PhoneOrder
from switch.sip.config import SipConfig, StationConfig
from switch.sip.counters import Counters
from switch.sip.errors import SipSyntaxError
from switch.sip.event_packages.lamps import LampSource, NoLamps
from switch.sip.events import DialogsClosed
from switch.sip.guard.config import GuardConfig
from switch.sip.guard.guard import Guard
from switch.sip.guard.networks import Networks, networks_of
from switch.sip.hop import OPENED
from switch.sip.identity import Identity
from switch.sip.legs.branches import HeaderFields, HoldBack, hold_nothing_back
from switch.sip.messages.parser import MAX_MESSAGE_BYTES, parse_message
from switch.sip.messages.text import printable
from switch.sip.registration.bindings import Bindings
from switch.sip.registration.domains import Domain, Domains
from switch.sip.registration.registrar import Registrar
from switch.sip.registration.registrations import Registration
from switch.sip.transactions.client_transaction import FailureReceived, RequestUnanswered
from switch.sip.transactions.rejections import Rejections
from switch.sip.transactions.server_transaction import NewRequest, ServerTransaction
from switch.sip.transactions.timers import Timers
from switch.sip.transactions.transaction_layer import RequestTurnedAway, TransactionLayer, reused
from switch.sip.transport.config import ListenerConfig
from switch.sip.transport.reports import ConnectionClosed, MessageReceived, SendFailed
from switch.sip.user_agent import UserAgent


class SipStack:
    """Guard, transaction layer, user agent and registrar as one core.

    ``nonce_key`` seals the challenges of digest authentication and must be new for each run.
    ``text_numbers`` are the numbers beside those of stations that texts may be sent to, each with its tenant.
    ``hold_back`` is asked before a branch of a dialled leg is tried. ``domains``: where stations of
    tenants register, by tenant.
    """

    def __init__(
        self,
        config: SipConfig,
        stations: Sequence[StationConfig],
        ids: Ids,
        nonce_key: bytes,
        listeners: Sequence[ListenerConfig] = (),
        guard: GuardConfig | None = None,
        text_numbers: Mapping[str, str] | None = None,
        hold_back: HoldBack = hold_nothing_back,
        domains: Mapping[str, Domain] | None = None,
        lamps: LampSource | None = None,
    ) -> None:
        timers = Timers(config.t1_ms / 1000, config.t2_ms / 1000, config.t4_ms / 1000)
        identity = Identity(config, ids, listeners)
        self.guard = Guard(guard or GuardConfig())
        self.counters = Counters()
        bindings = Bindings(config.bindings_per_station)
        domains = domains or {}
        self._authenticator = Authenticator(config, stations, nonce_key, _realms_of(domains))
        names = self._domains = Domains(_tenants_of(domains))
        proof = self._proof = StationProof(
            self._authenticator, self.guard, bindings, _places_of(stations), names
        )
        self._text_numbers = dict(text_numbers or {})
        self.registrar = Registrar(config, proof, bindings, self.counters)
        self._layer = TransactionLayer(
            timers=timers,
            ids=ids,
            identity=identity,
            counters=self.counters,
            guard=self.guard,
            capacity=config.max_transactions,
            answer_to_source=config.answer_to_source,
            udp_request_max_bytes=config.udp_request_max_bytes if config.tcp else MAX_MESSAGE_BYTES,
            max_bytes=config.max_message_bytes,
        )
        self._agent = UserAgent(
            config=config,
            timers=timers,
            layer=self._layer,
            identity=identity,
            registrar=self.registrar,
            proof=proof,
            ids=ids,
            counters=self.counters,
            text_numbers=self._text_numbers,
            hold_back=hold_back,
            lamps=lamps or NoLamps(),
        )
        self._dialogs = self._agent.dialogs
        self._rejections = Rejections(identity, self.counters, self.guard, self._layer)
        self._reports: dict[type, Callable[[Any, float], list[Output]]] = {
            **self._agent.reports,
            NewRequest: self._serve,
            FailureReceived: self._take_failure,
        }
        """What takes each report of the transaction layer; the rest of what it says is for the shell."""

    def configure(
        self,
        stations: Sequence[StationConfig],
        text_numbers: Mapping[str, str],
        domains: Mapping[str, Domain],
        now: float,
    ) -> list[Output]:
        """Know these stations from now on. Contacts of others are forgotten, they watch and are watched no
        longer; their calls go on."""
        self._domains.configure(_tenants_of(domains))
        self._authenticator.configure(stations, _realms_of(domains))
        self._proof.configure(_places_of(stations))
        self._text_numbers.clear()
        self._text_numbers.update(text_numbers)
        return [*self.registrar.forget_strangers(now), *self._agent.forget_strangers(now)]

    @property
    def open_legs(self) -> int:
        """Legs whose LegEnded is still to come."""
        return self._agent.open_legs

    @property
    def open_dialogs(self) -> int:
        """Dialogs in which a peer's request would be known, those of ended legs among them."""
        return len(self._dialogs)

    @property
    def subscriptions(self) -> int:
        """Phones that are told of a station's state."""
        return self._agent.subscriptions

    @property
    def open_transactions(self) -> int:
        """Transactions that still wait for something, be it only for late repetitions."""
        return self._layer.open_transactions

    def orders_understood(self, leg_id: str) -> frozenset[PhoneOrder]:
        """The keys of a leg's phone that can be pressed from afar, as far as it has said so."""
        return self._agent.phone_orders.understood_by(leg_id)

    def fields_of(self, leg_id: str, names: Collection[str]) -> HeaderFields:
        """Headers of these lower-case names in the INVITE of an arriving leg, or in the address of a REFER.

        Only while its transfer is being decided does the REFER count, and then alone.
        """
        return self._agent.fields_of(leg_id, names)

    def registrations(self, now: float) -> list[Registration]:
        """Every registered contact."""
        return self.registrar.registrations(now)

    def routes(self) -> dict[type, Handler]:
        """What it takes from the driver: commands about legs, and the shell's reports."""
        return merge_routes(
            self._agent.routes(),
            self.registrar.routes(),
            self.guard.routes(),
            {
                MessageReceived: self.receive,
                ConnectionClosed: self.connection_closed,
                SendFailed: self.send_failed,
            },
        )

    def end_subscriptions(self, now: float) -> list[Output]:
        """Tell every phone that watches something to ask for it anew: this run is over."""
        return self._agent.end_subscriptions(now)

    def receive(self, received: MessageReceived, now: float) -> list[Output]:
        """Take one message. Never raises for what a peer sends."""
        hop = received.hop
        unheard = self.guard.screen(hop, now)
        if unheard is not None:
            return [*unheard]
        try:
            heard = self._layer.receive(received.data, hop, now)
        except SipSyntaxError as error:
            return self._rejections.reject(error, hop, now)
        return [] if heard is None else self._take(heard, now)

    def send_failed(self, failed: SendFailed, now: float) -> list[Output]:
        """The transport could not send this message of ours."""
        self.counters.send_errors += 1
        try:
            heard = self._layer.fail(parse_message(failed.data), failed.hop, now)
        except SipSyntaxError:  # our refusal of a malformed request repeats its malformed headers
            return []
        return [] if heard is None else self._take(heard, now)

    def connection_closed(self, closed: ConnectionClosed, now: float) -> list[Output]:
        """A connection is gone. Requests on their way wait on: the answer may come by another."""
        events = [*self.registrar.connection_closed(closed.hop, now)]
        if closed.refusal is not None:
            events += self.guard.refuse(closed.refusal, closed.hop, now, detail=printable(closed.detail))
        return [*events]

    def next_deadline(self) -> float | None:
        return earliest(
            self._layer.next_deadline(),
            self._agent.next_deadline(),
            self.registrar.next_deadline(),
            self.guard.next_deadline(),
        )

    def wake(self, *, now: float) -> list[Output]:
        """Repeat, give up or forget what is due first in each part."""
        due = self._layer.wake(now=now)
        outputs = [] if due is None else self._take(due, now)
        dialogs = len(self._dialogs)
        outputs += self._agent.wake(now=now)
        if dialogs and not self._dialogs:
            outputs.append(DialogsClosed())
        outputs += self.registrar.wake(now=now)
        outputs += self.guard.wake(now=now)
        return outputs

    def _take(self, heard: Any, now: float) -> list[Output]:
        """Let the part act that a report of the transaction layer is for."""
        take = self._reports.get(type(heard))
        if take is None:
            return [heard]
        dialogs = len(self._dialogs)
        try:
            outputs = take(heard, now)
        except SipSyntaxError as error:  # a header that is read only now was malformed
            if isinstance(heard, RequestUnanswered):  # carries no text of a peer
                raise
            outputs = self._rejections.report(error.reason, None, heard.hop, now)
        if dialogs and not self._dialogs:
            outputs.append(DialogsClosed())
        return outputs

    def _serve(self, new: NewRequest, now: float) -> list[Output]:
        transaction = self._layer.admit(new, now)
        if isinstance(transaction, RequestTurnedAway):
            return self._rejections.turn_away(transaction, now)
        try:
            outputs = self._agent.serve(transaction, now)
        except SipSyntaxError as error:
            outputs = self._refuse(transaction, error, now)
        except Exception:
            self._agent.refuse(transaction, 500, now)  # its repetition hears that, and nobody waits for ever
            raise
        source = transaction.source
        return [*reused(new.request, source), *outputs] if source.transport in OPENED else outputs

    def _take_failure(self, failed: FailureReceived, now: float) -> list[Output]:
        return [failed.ack, *self._take(failed.told, now)]

    def _refuse(self, transaction: ServerTransaction, error: SipSyntaxError, now: float) -> list[Output]:
        """A header that is read only now was malformed."""
        status = error.status or 400
        answers = self._agent.refuse(transaction, status, now)
        return answers + self._rejections.report(error.reason, status, transaction.source, now)


def _places_of(stations: Sequence[StationConfig]) -> dict[str, Networks]:
    """Where the phones must be of stations that may not be anywhere."""
    return {station.name: networks_of(station.networks) for station in stations if station.networks}


def _realms_of(domains: Mapping[str, Domain]) -> dict[str, str]:
    return {tenant: domain.realm for tenant, domain in domains.items()}


def _tenants_of(domains: Mapping[str, Domain]) -> dict[str, str]:
    return {domain.name.lower(): tenant for tenant, domain in domains.items()}
