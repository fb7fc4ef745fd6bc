"""Calls that come in: from which trunk, within its limits, in the house's numbers."""

from collections.abc import Callable, Mapping

from switch.arrival import Admitted, TurnedAway
from switch.causes import Cause
from switch.sip.events import LegArrived
from switch.sip.guard.commands import NoteRefusal
from switch.sip.guard.events import RefusalKind
from switch.sip.hop import host_of
from switch.trunks.sources import Sources
from switch.trunks.trunk import Trunk, turn_away
from switch.trunks.trunk_legs import TrunkLeg, TrunkLegs

_IN = "in"

OwnerOf = Callable[[str], str]
"""The tenant whose access code a number is."""


class IncomingCalls:
    """The part of the trunks' core that lets calls in."""

    def __init__(
        self,
        trunks: Mapping[str, Trunk],
        legs: TrunkLegs,
        *,
        owner_of: OwnerOf,
        guests: bool,
    ) -> None:
        """``guests``: whether calls from addresses of no trunk are let in."""
        self._trunks = trunks
        self._legs = legs
        self.sources = Sources(())
        """Where calls of trunks come from, as far as is known."""
        self._owner_of = owner_of
        self._guests = guests

    def admit(self, event: LegArrived, now: float) -> Admitted | TurnedAway:
        """Let a call in, which takes a channel of its trunk until its leg ends; or say why not."""
        trunk = self._trunk_of(event) if event.station is None else None
        if trunk is None:
            if not self._guests and event.station is None:
                return _stranger(event)
            return Admitted(event.called_number, event.caller_number, event.caller_name)
        if not trunk.enabled:
            return TurnedAway(Cause.NORMAL_TEMPORARY_FAILURE, trunk.config.retry_after_s)
        return self._let_in(trunk, event, now)

    def _let_in(self, trunk: Trunk, event: LegArrived, now: float) -> Admitted | TurnedAway:
        caller, name = event.caller_number, event.caller_name
        if trunk.config.trust_identity and event.asserted_number:
            caller, name = event.asserted_number, event.asserted_name or name
        numbers = trunk.numbers.arriving(event.called_number, caller)
        if not trunk.numbers.owns(numbers.called):
            return TurnedAway(Cause.UNALLOCATED_NUMBER)
        tenant = self._owner_of(numbers.called)
        limit = trunk.limit_in(tenant, now)
        if limit is not None:
            told = turn_away(trunk, _IN, tenant, limit)
            return TurnedAway(Cause.NORMAL_CIRCUIT_CONGESTION, trunk.config.retry_after_s, tuple(told))
        trunk.told_full.discard((_IN, tenant))
        trunk.rate_in.take(now)
        self._legs.add(TrunkLeg(event.leg_id, trunk.name, outgoing=False, tenant=tenant))
        return Admitted(numbers.called, numbers.caller, name, trunk.name, numbers.area)

    def _trunk_of(self, event: LegArrived) -> Trunk | None:
        """By its address; of several trunks behind one, the one whose user or number was called."""
        names = self.sources.trunks_of(host_of(event.peer))
        if not names:
            return None
        if len(names) > 1:
            candidates = [self._trunks[name] for name in names]
            for fits in (_is_registered_as, _owns):
                for trunk in candidates:
                    if fits(trunk, event.called_number):
                        return trunk
        return self._trunks[names[0]]


def _stranger(event: LegArrived) -> TurnedAway:
    cause = Cause.CALL_REJECTED
    called = f"calls {event.called_number}"
    refused = NoteRefusal(kind=RefusalKind.STRANGER, peer=event.peer, detail=called, status=cause.status)
    return TurnedAway(cause, outputs=(refused,))


def _is_registered_as(trunk: Trunk, called: str) -> bool:
    return trunk.config.registration and called == (trunk.config.contact_user or trunk.config.user)


def _owns(trunk: Trunk, called: str) -> bool:
    return bool(trunk.config.numbers) and trunk.numbers.owns(trunk.numbers.arriving(called, "").called)
