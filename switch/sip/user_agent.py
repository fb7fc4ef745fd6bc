"""The user agent: turns messages into leg events and commands into messages (RFC 3261 §8, §13–§15)."""

from collections.abc import Callable, Collection, Mapping, Sized
from typing import Any, Protocol

from runtime.deadlines import earliest
from runtime.driver import Handler
from runtime.ids import Ids
from runtime.vocabulary import Output
from switch.sip.authentication.caller_proof import PROVED_METHODS, CallerProof
from switch.sip.authentication.client_authentication import ClientAuthentications
from switch.sip.authentication.station_proof import StationProof
from switch.sip.capabilities import CAPABILITIES
from switch.sip.commands import (
    AnswerLeg,
    AnswerReoffer,
    AnswerTransfer,
    DialLeg,
    DialStation,
    GiveUpRequest,
    HangUpLeg,
    HideLegKeys,
    OrderPhone,
    ReofferLeg,
    ReportTransfer,
    ResyncStation,
    RingLeg,
    SendRequest,
    SendText,
)
from switch.sip.config import ReliableProvisionals, SipConfig
from switch.sip.counters import Counters
from switch.sip.dialogs.byes import Byes
from switch.sip.dialogs.dialog import Dialog
from switch.sip.dialogs.in_dialog import DialogRequests
from switch.sip.dialogs.info_digits import InfoRequests
from switch.sip.dialogs.our_reoffers import OurReoffers
from switch.sip.dialogs.peer_reoffers import PeerReoffers
from switch.sip.dialogs.phone_orders import PhoneOrders, SentOrder
from switch.sip.dialogs.refer import Transfer, Transfers
from switch.sip.dialogs.session_keeper import SessionKeeper
from switch.sip.dialogs.session_timer import SessionPolicy
from switch.sip.event_packages.lamps import LampSource
from switch.sip.events import RequestAnswered
from switch.sip.headers.session_id import Sessions
from switch.sip.identity import Identity
from switch.sip.legs.answer_repeats import AckMissing, AnswerRepeats
from switch.sip.legs.arriving_legs import ArrivingLegs
from switch.sip.legs.branches import HeaderFields, HoldBack
from switch.sip.legs.dialled_legs import DialledLegs
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.legs.legs import ArrivingLeg, Attempt, DialledLeg, Legs, LegTimer, OurReoffer, SipLeg
from switch.sip.legs.prack_client import Prack, Pracks
from switch.sip.legs.ringing import Ringing
from switch.sip.messages.header_values import check_name_addr
from switch.sip.messages.message import Request
from switch.sip.registration.registrar import Registrar
from switch.sip.request_checks import check_request
from switch.sip.requests.keep_alive import AskedPhone, KeepAlive
from switch.sip.requests.out_of_dialog import OutOfDialog, PendingRequest
from switch.sip.requests.resync import Resyncing
from switch.sip.requests.subscription import Subscription
from switch.sip.requests.text_messages import TextMessages
from switch.sip.requests.watched_stations import WatchedStations
from switch.sip.transactions.client_transaction import FurtherAnswer, RequestUnanswered, ResponseReceived
from switch.sip.transactions.server_transaction import AckReceived, ServerTransaction
from switch.sip.transactions.timers import Timers
from switch.sip.transactions.transaction_layer import TransactionLayer

RequestHandler = Callable[[ServerTransaction, float], list[Output]]
"""Serves one method outside dialogs."""


class RequestSender(Protocol):
    """A part that sends requests, told what becomes of them. ``owner`` is what it gave the transaction layer;
    its type tells whose request it was."""

    def response(self, owner: Any, report: ResponseReceived, now: float) -> list[Output]:
        """An answer. Raises SipSyntaxError when it cannot be read."""

    def unanswered(self, owner: Any, report: RequestUnanswered, now: float) -> list[Output]:
        """No final answer will come."""


class UserAgent:
    """Hands each request, answer and command to the part that serves it."""

    def __init__(
        self,
        *,
        config: SipConfig,
        timers: Timers,
        layer: TransactionLayer,
        identity: Identity,
        registrar: Registrar,
        proof: StationProof,
        ids: Ids,
        counters: Counters,
        text_numbers: Mapping[str, str],
        hold_back: HoldBack,
        lamps: LampSource,
    ) -> None:
        self._repeats = AnswerRepeats(timers, counters)
        self._legs = Legs()
        policy = SessionPolicy(config.session_expires_s, config.session_min_s)
        self._registrar = registrar
        self._signalling = LegSignalling(
            layer, identity, self._legs, self._repeats, ids, Sessions(ids), SessionKeeper(policy, self._legs)
        )
        eager = config.reliable_provisionals is ReliableProvisionals.IF_SUPPORTED
        ringing = Ringing(self._signalling, timers, counters, eager=eager)
        self._arriving = ArrivingLegs(self._signalling, ringing)
        self._caller_proof = CallerProof(proof, self._signalling)
        self._proved_methods = PROVED_METHODS if config.authenticate_calls else frozenset[str]()
        authentications = ClientAuthentications(ids)
        self._dialled = DialledLegs(
            self._signalling,
            registrar,
            authentications,
            hold_back,
            limit_s=config.dial_limit_s,
            silence_s=config.attempt_timeout_s,
            patience_s=timers.lifetime_s,
        )
        self._out_of_dialog = OutOfDialog(self._signalling, authentications)
        self._byes = Byes(self._signalling, self._arriving)
        self._our_reoffers = OurReoffers(self._signalling, self._arriving, patience_s=timers.lifetime_s)
        self._peer_reoffers = PeerReoffers(self._signalling, self._arriving, self._our_reoffers)
        self._transfers = Transfers(self._signalling, limit_s=config.dial_limit_s)
        self._watched = WatchedStations(self._signalling, config, proof.knows, lamps)
        self._subscriptions = self._watched.subscriptions
        self._texts = TextMessages(self._signalling, registrar, proof.knows, text_numbers)
        self._resyncing = Resyncing(self._signalling, registrar, proof.knows)
        self._keep_alive = KeepAlive(self._signalling, registrar, config.station_options_interval_s)
        self._info = InfoRequests(self._signalling)
        self.phone_orders = PhoneOrders(self._signalling)
        self._outside_dialogs = self._serving_outside_dialogs()
        self._in_dialog = self._serving_in_dialogs()
        self.reports: dict[type, Callable[[Any, float], list[Output]]] = {
            AckReceived: self._in_dialog.acknowledge,
            ResponseReceived: self._response,
            FurtherAnswer: self._dialled.further_answer,
            RequestUnanswered: self._unanswered,
        }
        """What takes each report of the transaction layer but new requests; may raise SipSyntaxError for what
        it carries."""
        self._senders = self._hearing_answers()
        self._timeouts: dict[LegTimer, Callable[[Any, float], list[Output]]] = {
            LegTimer.RINGING: self._arriving.wake,
            LegTimer.EXPIRY: self._arriving.expire,
            LegTimer.SESSION: self._session_due,
            LegTimer.REOFFER: self._our_reoffers.wake,
        }

    def _serving_outside_dialogs(self) -> dict[str, RequestHandler]:
        return {
            "INVITE": self._arriving.invite,
            "OPTIONS": self._options,
            "REGISTER": self._register,
            "REFER": self._refer_outside,
            "SUBSCRIBE": self._subscriptions.subscribe,
            "MESSAGE": self._texts.receive,
        }

    def _serving_in_dialogs(self) -> DialogRequests:
        return DialogRequests(
            self._signalling,
            self._our_reoffers,
            {
                "BYE": self._byes.receive,
                "INVITE": self._peer_reoffers.invite,
                "OPTIONS": self._options_in_dialog,
                "INFO": self._info.receive,
                "REFER": self._transfers.refer,
                "SUBSCRIBE": self._transfers.subscribe,
                "PRACK": self._arriving.prack,
                "UPDATE": self._peer_reoffers.update,
                "MESSAGE": self._texts.receive_in_dialog,
            },
        )

    def _hearing_answers(self) -> dict[type, RequestSender]:
        return {
            Attempt: self._dialled,
            PendingRequest: self._out_of_dialog,
            Prack: Pracks(self._signalling),
            Dialog: self._byes,
            Transfer: self._transfers,
            OurReoffer: self._our_reoffers,
            Subscription: self._subscriptions,
            SentOrder: self.phone_orders,
            AskedPhone: self._keep_alive,
        }

    @property
    def open_legs(self) -> int:
        return self._legs.open_legs

    @property
    def dialogs(self) -> Sized:
        """The dialogs that are open at any time."""
        return self._legs.dialogs

    @property
    def subscriptions(self) -> int:
        return len(self._subscriptions)

    def end_subscriptions(self, now: float) -> list[Output]:
        """As ``SipStack.end_subscriptions``."""
        return self._subscriptions.end_all(now)

    def forget_strangers(self, now: float) -> list[Output]:
        """End the subscriptions of stations, and to stations, that are configured no longer."""
        return self._watched.forget_strangers(now)

    def fields_of(self, leg_id: str, names: Collection[str]) -> HeaderFields:
        """As ``SipStack.fields_of``."""
        referred = self._transfers.fields_of(leg_id, names)
        leg = self._legs.find(leg_id)
        if referred is not None or not isinstance(leg, ArrivingLeg):
            return referred or ()
        headers = leg.invite.request.headers
        return tuple((name, value) for name in names for value in headers.get_all(name))

    def routes(self) -> dict[type, Handler]:
        """The commands it serves, and the events of its own that it heeds."""
        return {
            **self._watched.routes(),
            **self._keep_alive.routes(),
            RingLeg: self._ring,
            AnswerLeg: self._arriving.answer,
            AnswerReoffer: self._peer_reoffers.answer,
            ReofferLeg: self._our_reoffers.ask,
            DialStation: self._dialled.dial_station,
            DialLeg: self._dialled.dial,
            SendRequest: self._out_of_dialog.send,
            GiveUpRequest: self._out_of_dialog.give_up,
            HangUpLeg: self._hang_up,
            AnswerTransfer: self._transfers.answer,
            ReportTransfer: self._transfers.report,
            SendText: self._texts.send,
            HideLegKeys: self._info.hide,
            OrderPhone: self.phone_orders.give,
            ResyncStation: self._resyncing.ask,
            RequestAnswered: self._request_answered,
        }

    def serve(self, transaction: ServerTransaction, now: float) -> list[Output]:
        """A new request. Raises SipSyntaxError when it cannot be read."""
        method = transaction.method
        if method == "CANCEL":
            return self._arriving.cancel(transaction, now)
        refusal = check_request(transaction.request)
        if refusal is not None:
            return self._signalling.refuse(transaction, refusal, now)
        if method != "REGISTER" and _names_dialog(transaction.request):
            inside = self._subscribe_inside if method == "SUBSCRIBE" else self._in_dialog.receive
            return inside(transaction, now)
        handler = self._outside_dialogs.get(method)
        if handler is None:  # makes sense inside a dialog only
            return self._signalling.answer(transaction, 481, now)
        if method in self._proved_methods:
            challenged = self._caller_proof.check(transaction, now)
            if challenged is not None:
                return challenged
        if self._signalling.layer.is_merged(transaction):
            return self._signalling.answer(transaction, 482, now)
        return handler(transaction, now)

    def refuse(self, transaction: ServerTransaction, status: int, now: float) -> list[Output]:
        """Answer a request that turned out to be unreadable."""
        return self._signalling.answer(transaction, status, now)

    def next_deadline(self) -> float | None:
        return earliest(
            self._repeats.next_deadline(),
            self._dialled.next_deadline(),
            self._transfers.next_deadline(),
            self._subscriptions.next_deadline(),
            self._keep_alive.next_deadline(),
            self._legs.timers.next(),
        )

    def wake(self, *, now: float) -> list[Output]:
        """Repeat answers that wait for their ACK; give up what nobody answers."""
        due = self._repeats.wake(now=now)
        if isinstance(due, AckMissing):
            return self._byes.give_up(due.leg, now)
        if due is not None:
            return [due]
        timed = self._legs.timers.first_due(now)
        if timed is not None:
            leg, timer = timed
            return self._timeouts[timer](leg, now)
        parts = (self._dialled, self._transfers, self._subscriptions, self._keep_alive)
        return next((outputs for part in parts if (outputs := part.wake(now=now))), [])

    def _request_answered(self, event: RequestAnswered, now: float) -> list[Output]:
        return [*self._texts.answered(event, now), *self._resyncing.answered(event, now)]

    def _subscribe_inside(self, transaction: ServerTransaction, now: float) -> list[Output]:
        """A SUBSCRIBE in a dialog, be it of a subscription or of a leg."""
        subscription = self._subscriptions.find(transaction.request.headers)
        if subscription is not None:
            return self._subscriptions.refresh(subscription, transaction, now)
        return self._in_dialog.receive(transaction, now)

    def _response(self, report: ResponseReceived, now: float) -> list[Output]:
        owner = report.transaction.owner
        sender = self._senders.get(type(owner))
        return [] if sender is None else sender.response(owner, report, now)

    def _unanswered(self, report: RequestUnanswered, now: float) -> list[Output]:
        owner = report.transaction.owner
        sender = self._senders.get(type(owner))
        return [] if sender is None else sender.unanswered(owner, report, now)

    def _register(self, transaction: ServerTransaction, now: float) -> list[Output]:
        answer = self._registrar.register(transaction.request, transaction.source, now)
        sent = self._signalling.answer(transaction, answer.status, now, extra=answer.extra)
        if answer.status == 401:  # costs nothing to ask for, so nothing is kept of it (§26.3.2.4)
            self._signalling.layer.forget(transaction)
        return [*sent, *answer.events]

    def _options(self, transaction: ServerTransaction, now: float) -> list[Output]:
        return self._signalling.answer(transaction, 200, now, extra=CAPABILITIES)

    def _refer_outside(self, transaction: ServerTransaction, now: float) -> list[Output]:
        """Who has no call here has nothing to transfer."""
        return self._signalling.answer(transaction, 403, now)

    def _options_in_dialog(
        self, transaction: ServerTransaction, leg: SipLeg, dialog: Dialog, now: float
    ) -> list[Output]:
        return self._options(transaction, now)

    def _session_due(self, leg: SipLeg, now: float) -> list[Output]:
        if not self._signalling.keeper.is_over(leg, now):
            return self._our_reoffers.refresh(leg, now)
        return self._byes.give_up(leg, now)

    def _ring(self, command: RingLeg, now: float) -> list[Output]:
        return self._arriving.ring(command, now) + self._watched.rang(command.leg_id, now)

    def _hang_up(self, command: HangUpLeg, now: float) -> list[Output]:
        leg = self._legs.find(command.leg_id)
        last_word: list[Output] = []
        if self._transfers.concerns(command.leg_id):
            last_word = self._transfers.say_last_word(command.leg_id, now)
        if isinstance(leg, ArrivingLeg):
            return [*last_word, *self._arriving.hang_up(leg, command, now)]
        if isinstance(leg, DialledLeg):
            return [*last_word, *self._dialled.hang_up(leg, command.cause, now)]
        return last_word


def _names_dialog(request: Request) -> bool:
    """Whether a request was sent inside a dialog. Raises SipSyntaxError when its To cannot be read."""
    if request.headers.tag("to") is not None:
        return True
    check_name_addr(request.headers.get("to") or "")
    return False
