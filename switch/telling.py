"""Events about a whole call, made from what is true of it now."""

from switch.call import Call
from switch.events import CallArrived, CallHandedOff, CallTransferred, TransferKind


def arrived(call: Call) -> CallArrived:
    """It waits for its application to answer it."""
    return CallArrived(
        call.call_id,
        call.contact_id,
        leg_id=call.customer.leg_id,
        sip_call_id=call.sip_call_id,
        caller_number=call.caller_number,
        caller_name=call.caller_name,
        called_number=call.called_number,
        access_code=call.access_code,
        target=call.target,
        peer=call.peer,
        trunk=call.trunk,
        area=call.area,
        lists=call.facts.lists,
        tags=call.facts.tags,
        priority=call.facts.priority,
        station=call.caller_station,
    )


def handed_off(
    call: Call,
    offer_id: str | None = None,
    way_out: str | None = None,
    outcome: str = "",
) -> CallHandedOff:
    """Whom ``call.target`` names has the call now; ``offer_id`` comes along."""
    return CallHandedOff(
        call_id=call.call_id,
        contact_id=call.contact_id,
        caller_number=call.caller_number,
        caller_name=call.caller_name,
        access_code=call.access_code,
        target=call.target,
        answered=call.customer.answered,
        offer_id=offer_id,
        way_out=way_out,
        back=call.ways_back[-1] if call.ways_back else None,
        outcome=outcome,
        language=call.language,
        area=call.area,
        lists=call.facts.lists,
        tags=call.facts.tags,
        priority=call.facts.priority,
        station=call.caller_station,
    )


def transferred(call: Call, kind: TransferKind, by: str, from_call_id: str | None = None) -> CallTransferred:
    """``by`` passed the call on; ``from_call_id`` is the call that ended in this one."""
    return CallTransferred(
        call_id=call.call_id,
        contact_id=call.contact_id,
        kind=kind,
        by=by,
        target=call.target,
        caller_number=call.caller_number,
        caller_name=call.caller_name,
        from_call_id=from_call_id,
        leg_id=call.customer.leg_id,
    )
