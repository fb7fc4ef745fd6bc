"""The notifier: SUBSCRIBE taken, NOTIFY sent, for the event packages there are (RFC 6665 §4.2)."""

from collections.abc import Callable, Container, Sequence

from runtime.deadlines import Deadlines
from runtime.tenancy import tenant_of
from runtime.vocabulary import Output
from switch.sip.config import SipConfig
from switch.sip.dialogs.dialog import DialogKey, accept_dialog
from switch.sip.event_packages.package import EventPackage
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.messages.grammar import read_parameters
from switch.sip.messages.header_values import split_values
from switch.sip.messages.message import Fields, Headers
from switch.sip.messages.uri import parse_uri
from switch.sip.refusal import Refusal
from switch.sip.registration.domains import Domains
from switch.sip.requests.subscription import Due, Subscription
from switch.sip.transactions.client_transaction import RequestUnanswered, ResponseReceived
from switch.sip.transactions.server_transaction import ServerTransaction

_PAUSE_S = 1.0
"""Between two changes that are told: no more than one a second (RFC 4235 §3.10)."""
_RETRY_AFTER = "60"
_GONE = frozenset({404, 405, 408, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604})
"""Answers to a NOTIFY that end the subscription (RFC 6665 §4.2.2, RFC 5057 §5.1)."""


class Subscriptions:
    """Every subscription, by its dialog and by what it watches."""

    def __init__(
        self, signalling: LegSignalling, config: SipConfig, packages: Sequence[EventPackage]
    ) -> None:
        self._signalling = signalling
        self._packages = {package.name: package for package in packages}
        self._shortest_s = config.subscribe_expires_min_s
        self._longest_s = config.subscribe_expires_max_s
        self._most = config.max_subscriptions
        self._most_of_station = config.subscriptions_per_station
        self._by_dialog: dict[DialogKey, Subscription] = {}
        self._watched: dict[str, dict[str, dict[Subscription, None]]] = {name: {} for name in self._packages}
        """By package and resource."""
        self._of_watcher: dict[str, int] = {}
        self._deadlines: Deadlines[tuple[Subscription, Due]] = Deadlines()

    def __len__(self) -> int:
        return len(self._by_dialog)

    def find(self, headers: Headers) -> Subscription | None:
        """The subscription a request inside its dialog belongs to."""
        return self._by_dialog.get(headers.dialog_key())

    def subscribe(self, transaction: ServerTransaction, now: float) -> list[Output]:
        """A SUBSCRIBE outside of dialogs. Raises SipSyntaxError when it cannot be read."""
        package = self._packages.get(_package_name(transaction.request.headers))
        refusal = self._bad_event() if package is None else self._check(transaction, package)
        if package is None or refusal is not None:
            return self._signalling.refuse(transaction, refusal or self._bad_event(), now)
        return self._open(transaction, package, now)

    def refresh(self, subscription: Subscription, transaction: ServerTransaction, now: float) -> list[Output]:
        """A SUBSCRIBE inside its dialog: longer, or over with Expires 0. Raises SipSyntaxError."""
        signalling = self._signalling
        headers = transaction.request.headers
        dialog = subscription.dialog
        if subscription.ended_by:
            return signalling.answer(transaction, 481, now)
        if not dialog.take_cseq(headers.cseq_number()):
            return signalling.answer(transaction, 500, now)
        if _package_name(headers) != subscription.package.name:
            return signalling.refuse(transaction, self._bad_event(), now)
        expires_s = self._granted(headers)
        if 0 < expires_s < self._shortest_s:
            return signalling.refuse(transaction, self._too_brief(), now)
        dialog.refresh_target(headers.get_all("contact"), transaction.source)
        return self._grant(subscription, transaction, expires_s, now)

    def watched(self, package: str) -> Container[str | None]:
        """The resources that somebody watches, at any time."""
        return self._watched[package]

    def changed(self, package: str, resource: str, now: float) -> list[Output]:
        """The state of a resource is another now: tell whoever watches it."""
        outputs: list[Output] = []
        for subscription in tuple(self._watched[package].get(resource, ())):
            outputs += self._tell(subscription, now, hurried=False)
        return outputs

    def end_all(self, now: float) -> list[Output]:
        """The switch stops: let every watcher subscribe anew at once, not when its time comes, which may be
        an hour (RFC 6665 §4.1.3)."""
        return self._end(lambda subscription: "deactivated", now)

    def end_strangers(self, knows: Callable[[str], bool], now: float) -> list[Output]:
        """Other stations are configured: who is none any more watches nothing, and what is gone is watched by
        nobody (RFC 6665 §4.1.3)."""
        return self._end(lambda subscription: _why_over(subscription, knows), now)

    def _end(self, why: Callable[[Subscription], str], now: float) -> list[Output]:
        """End those for which there is a reason, at once."""
        outputs: list[Output] = []
        for subscription in self._by_dialog.values():
            reason = "" if subscription.ended_by else why(subscription)
            if reason:
                subscription.ended_by = reason
                outputs += self._notify(subscription, now)
        return outputs

    def response(self, subscription: Subscription, report: ResponseReceived, now: float) -> list[Output]:
        """The answer to a NOTIFY."""
        if report.response.status < 200:
            return []
        again = self._signalling.prove(report, subscription.dialog, now)
        if again is not None:
            return [again[1]]
        return self._told(subscription, delivered=report.response.status not in _GONE, now=now)

    def unanswered(self, subscription: Subscription, report: RequestUnanswered, now: float) -> list[Output]:
        """The watcher is not there any more."""
        return self._told(subscription, delivered=False, now=now)

    def next_deadline(self) -> float | None:
        return self._deadlines.next()

    def wake(self, *, now: float) -> list[Output]:
        """Tell what had to wait, or end what was not refreshed."""
        due = self._deadlines.first_due(now)
        if due is None:
            return []
        subscription, what = due
        if what is Due.EXPIRY:
            subscription.ended_by = "timeout"
        return self._tell(subscription, now, hurried=True)

    # -- SUBSCRIBE -----------------------------------------------------------------------------------

    def _check(self, transaction: ServerTransaction, package: EventPackage) -> Refusal | None:
        headers = transaction.request.headers
        watcher = transaction.station
        if watcher is None:
            return Refusal(403)
        if package.resource(watcher, _named(transaction)) is None:
            return Refusal(404)
        if not _accepts(headers, package.content_type):
            return Refusal(406)
        if 0 < self._granted(headers) < self._shortest_s:
            return self._too_brief()
        if len(self) >= self._most or self._of_watcher.get(watcher, 0) >= self._most_of_station:
            return Refusal(503, {"retry-after": _RETRY_AFTER})
        return None

    def _open(self, transaction: ServerTransaction, package: EventPackage, now: float) -> list[Output]:
        request = transaction.request
        dialog = accept_dialog(request, self._signalling.ids.token(), transaction.source)
        named, watcher = _named(transaction), transaction.station or ""
        event = (request.headers.get("event") or "").strip()
        subscription = Subscription(
            package=package,
            resource=package.resource(watcher, named) or named,
            named=named,
            watcher=watcher,
            dialog=dialog,
            event=event,
            parameters=read_parameters(event[len(package.name) :]),
            expires_at=now,
        )
        self._by_dialog[dialog.key] = subscription
        self._watched[package.name].setdefault(subscription.resource, {})[subscription] = None
        self._of_watcher[subscription.watcher] = self._of_watcher.get(subscription.watcher, 0) + 1
        return self._grant(subscription, transaction, self._granted(request.headers), now)

    def _grant(
        self, subscription: Subscription, transaction: ServerTransaction, expires_s: int, now: float
    ) -> list[Output]:
        """200, and the NOTIFY that every SUBSCRIBE is followed by (RFC 6665 §4.2.1.2); with no time left
        it is the only one, or the last."""
        signalling = self._signalling
        subscription.expires_at = now + expires_s
        if expires_s:
            self._deadlines.set((subscription, Due.EXPIRY), subscription.expires_at)
        else:
            subscription.ended_by = "timeout"
        extra: Fields = {
            "expires": str(expires_s),
            "contact": signalling.identity.contact(transaction.hop),
        }
        if "record-route" in transaction.request.headers:
            extra["record-route"] = transaction.request.headers.get_all("record-route")
        tag = subscription.dialog.local_tag
        outputs = signalling.answer(transaction, 200, now, tag=tag, extra=extra)
        return outputs + self._tell(subscription, now, hurried=True)

    def _granted(self, headers: Headers) -> int:
        """Seconds; nonsense counts as none given."""
        text = (headers.get("expires") or "").strip()
        return min(int(text[:10]), self._longest_s) if text.isdecimal() else self._longest_s

    def _bad_event(self) -> Refusal:
        return Refusal(489, {"allow-events": ", ".join(self._packages)})

    def _too_brief(self) -> Refusal:
        return Refusal(423, {"min-expires": str(self._shortest_s)})

    # -- NOTIFY --------------------------------------------------------------------------------------

    def _tell(self, subscription: Subscription, now: float, *, hurried: bool) -> list[Output]:
        """Tell the state, as soon as the last NOTIFY is answered and, unless hurried, the pause is over."""
        subscription.has_news = True
        if subscription.is_asking:
            return []
        if not hurried and now < subscription.quiet_until:
            self._deadlines.set((subscription, Due.NEWS), subscription.quiet_until)
            return []
        return self._notify(subscription, now)

    def _notify(self, subscription: Subscription, now: float) -> list[Output]:
        signalling = self._signalling
        dialog, package = subscription.dialog, subscription.package
        subscription.is_asking, subscription.has_news = True, False
        subscription.quiet_until = now + _PAUSE_S
        self._deadlines.cancel((subscription, Due.NEWS))
        notify = dialog.request("NOTIFY")
        notify.headers.set("event", subscription.event)
        notify.headers.set("subscription-state", subscription.state(now))
        notify.headers.set("contact", signalling.identity.contact(dialog.hop))
        notify.headers.set("user-agent", signalling.identity.name)
        notify.headers.set("content-type", package.content_type)
        notify.body = package.write(
            subscription.resource,
            subscription.named,
            subscription.parameters,
            subscription.next_version,
            dialog.hop,
        )
        subscription.next_version += 1
        return [signalling.layer.send(notify, dialog.hop, subscription, now)[1]]

    def _told(self, subscription: Subscription, *, delivered: bool, now: float) -> list[Output]:
        subscription.is_asking = False
        if not delivered or (subscription.ended_by and not subscription.has_news):
            self._close(subscription)
            return []
        return self._tell(subscription, now, hurried=False) if subscription.has_news else []

    def _close(self, subscription: Subscription) -> None:
        for due in Due:
            self._deadlines.cancel((subscription, due))
        self._by_dialog.pop(subscription.dialog.key, None)
        watched = self._watched[subscription.package.name]
        watchers = watched.get(subscription.resource, {})
        if subscription in watchers:
            del watchers[subscription]
            self._of_watcher[subscription.watcher] -= 1
        if not watchers:
            watched.pop(subscription.resource, None)
        if not self._of_watcher.get(subscription.watcher):
            self._of_watcher.pop(subscription.watcher, None)


def _why_over(subscription: Subscription, knows: Callable[[str], bool]) -> str:
    if not knows(subscription.watcher):
        return "rejected"
    known = subscription.package.resource(subscription.watcher, subscription.named)
    return "" if known == subscription.resource else "noresource"


def _named(transaction: ServerTransaction) -> str:
    """Who is to be watched, which is somebody of the watcher's own call centre."""
    return Domains.within(tenant_of(transaction.station or ""), parse_uri(transaction.request.uri).user)


def _package_name(headers: Headers) -> str:
    return (headers.get("event") or "").partition(";")[0].strip().lower()


def _accepts(headers: Headers, content_type: str) -> bool:
    """Whether the watcher reads this type; one that names none reads the package's own (RFC 6665 §4.1.2)."""
    if "accept" not in headers:
        return True
    wanted = {value.partition(";")[0].strip().lower() for value in split_values(headers.get_all("accept"))}
    return not wanted or not wanted.isdisjoint({content_type, "application/*", "*/*"})
