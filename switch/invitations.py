"""How a party is rung, and what its answer means for its leg.

The same for a station that is offered a call and for a customer whom the switch calls.
"""

from collections.abc import Mapping

from msgspec import Struct

from runtime.contact_data import DataValue
from runtime.errors import PeerError
from runtime.vocabulary import Output
from switch import negotiation
from switch.call import Call, Leg
from switch.call_headers import CallHeaders
from switch.encryption import EncryptionRules
from switch.sip.auto_answer import AutoAnswering
from switch.sip.commands import DialStation
from switch.sip.events import LegAnswered
from switch.trunks.commands import DialTrunk
from switch.trunks.endpoints import trunk_of


class Invitation(Struct, frozen=True):
    """Who is rung, and what they are told of who calls."""

    party: str
    """Name of the station, or the outside number."""
    outside: bool
    caller_number: str
    caller_name: str
    referred_by: str = ""
    """The station that transfers the call there; empty when none does."""
    limit_s: float | None = None
    """How long it may go unanswered; None: as the SIP stack is configured."""
    auto_answer: bool = False
    """Whether the phone is asked to answer by itself."""
    data: Mapping[str, DataValue] = {}
    """Of the contact, of which parties are told what they agreed on."""


class Inviting:
    """Rings parties and takes their answers, each with the encryption that is right for it."""

    def __init__(
        self,
        encryption: EncryptionRules,
        auto_answering: AutoAnswering | None = None,
        headers: CallHeaders | None = None,
    ) -> None:
        self._encryption = encryption
        self._auto_answering = auto_answering or AutoAnswering()
        self._headers = headers or CallHeaders()

    def ring(self, call: Call, leg: Leg, invitation: Invitation) -> list[Output]:
        """The leg has its ports: ring its party."""
        if invitation.outside:
            return [_to_trunk(call, leg, invitation, self._encryption)]
        asks = self._auto_answering.fields_for(invitation.party) if invitation.auto_answer else ()
        told = self._headers.for_station(invitation.party, invitation.data)
        return [
            DialStation(
                leg_id=leg.leg_id,
                station=invitation.party,
                caller_number=invitation.caller_number,
                caller_name=invitation.caller_name,
                sdp=negotiation.offer(leg),
                session_id=call.session_id,
                is_anonymous=call.privacy,
                referred_by=invitation.referred_by,
                headers=(*(("diversion", value) for value in call.diversions), *asks, *told),
                limit_s=invitation.limit_s,
            )
        ]

    def hear_early(self, leg: Leg, sdp: str) -> list[Output]:
        """Early media; as a mere convenience it is passed over until the answer when its description is no
        good."""
        try:
            negotiation.take_answer(leg, sdp)
        except PeerError:
            return []
        return [negotiation.configuration(leg)]

    def take_answer(self, leg: Leg, event: LegAnswered, *, outside: bool) -> list[Output]:
        """The party has answered. Raises PeerError when that cannot be used."""
        rule = self._encryption.of_trunk(trunk_of(event.branch)) if outside else None
        negotiation.take_answer(leg, event.sdp, rule)
        leg.answered = True
        return [negotiation.configuration(leg)]


def _to_trunk(call: Call, leg: Leg, invitation: Invitation, encryption: EncryptionRules) -> DialTrunk:
    beside = call.customer.agreement
    return DialTrunk(
        leg_id=leg.leg_id,
        number=invitation.party,
        caller_number=invitation.caller_number,
        caller_name=invitation.caller_name,
        sdp=negotiation.offer(leg),
        privacy=call.privacy,
        diversions=call.diversions,
        session_id=call.session_id,
        tenant=call.tenant,
        srtp=encryption.usual,
        codec=beside.codec if beside else None,
        data=invitation.data,
        limit_s=invitation.limit_s,
    )
