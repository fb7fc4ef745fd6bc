"""Call data in the exchange: who notes something, what is told of it, and what joined calls have."""

from runtime.contact_data import Data, hidden
from runtime.vocabulary import Output
from switch.call import Call, Calls
from switch.commands import SetCallData
from switch.events import CallDataChanged


class DataKeeping:
    """The part of the exchange that takes what is noted of contacts. Shares the exchange's ``Calls``."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def set(self, command: SetCallData) -> list[Output]:
        """Every call of the contact is told of."""
        call = self._calls.by_id.get(command.call_id)
        if call is None:
            return []
        before = self._calls.data.of(call.contact_id)
        if not self._calls.note(call.contact_id, command.data, command.remove):
            return []
        return _told_of_all(self._calls, call.contact_id, before)


def data_told(calls: Calls, call: Call, before: Data) -> list[Output]:
    """What is told of a call's data that was ``before``; nothing when nothing is other."""
    after = calls.data.of_contacts.get(call.contact_id, {})
    if after == before:
        return []
    other = {name: value for name, value in after.items() if before.get(name) != value}
    removed = tuple(name for name in before if name not in after)
    changed = hidden(other, calls.data.personal)
    return [
        CallDataChanged(call_id=call.call_id, contact_id=call.contact_id, changed=changed, removed=removed)
    ]


def join_data(calls: Calls, contact_id: str, call: Call) -> list[Output]:
    """What was noted of a contact whose call ends in this one is known of this call's too, if it fits.

    Of a name that both have, what this call's contact has counts.
    """
    before = calls.data.of(call.contact_id)
    if contact_id == call.contact_id:
        return []
    for name, value in calls.data.of(contact_id).items():
        if name not in before:
            calls.note(call.contact_id, {name: value})
    return _told_of_all(calls, call.contact_id, before)


def _told_of_all(calls: Calls, contact_id: str, before: Data) -> list[Output]:
    return [told for call in calls.of_contact(contact_id) for told in data_told(calls, call, before)]
