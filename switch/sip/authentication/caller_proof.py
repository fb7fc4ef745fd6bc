"""Who calls: a From that names one of our stations must be proved by its password (RFC 3261 §22.2)."""

from runtime.vocabulary import Output
from switch.sip.authentication.station_proof import StationProof
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.messages.header_values import parse_name_addr
from switch.sip.transactions.server_transaction import ServerTransaction

PROVED_METHODS = frozenset({"INVITE", "MESSAGE", "REFER", "SUBSCRIBE"})
"""Requests outside dialogs that somebody could send in a station's name."""


class CallerProof:
    """Challenges those who claim to be a station. Everybody else is a stranger, or a trunk, and stays one."""

    def __init__(self, proof: StationProof, signalling: LegSignalling) -> None:
        self._proof = proof
        self._signalling = signalling

    def check(self, transaction: ServerTransaction, now: float) -> list[Output] | None:
        """The answer to a request that must be proved first; None when it may go on.

        The transaction knows the station from then on, if it is one. Raises SipSyntaxError.
        """
        request = transaction.request
        station = self._proof.station(parse_name_addr(request.headers.get("from") or "").uri)
        source = transaction.source
        if not self._proof.knows(station) or self._proof.is_trunks(request, station, source):
            return None
        unproved = self._proof.demand(request, station, source, now)
        if unproved is None:
            transaction.station = station
            return None
        answers = self._signalling.answer(transaction, unproved.status, now, extra=unproved.extra)
        return [*answers, *unproved.events]
