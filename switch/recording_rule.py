"""From when on a contact is recorded, and which contacts are."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple
from zlib import crc32

_ALL = 2**32


class RecordingRule(StrEnum):
    """When a recording begins by itself."""

    FROM_ARRIVAL = "from_arrival"
    """With what is heard before the answer."""
    FROM_ANSWER = "from_answer"
    FROM_CONNECT = "from_connect"
    """When the customer talks to somebody."""
    ON_COMMAND = "on_command"
    NEVER = "never"
    """Not even on command."""


def in_share(contact_id: str, share: float) -> bool:
    """Whether a contact is one of those of which ``share`` (0 to 1) is to be recorded.

    Ids are given by chance; so the same contact always falls the same way, whoever asks.
    """
    return share >= 1 or crc32(contact_id.encode()) < share * _ALL


class RecordingPolicy(NamedTuple):
    """A rule, and the share of contacts that it is for; the others are recorded on command."""

    rule: RecordingRule
    share: float = 1.0


_ON_COMMAND = RecordingPolicy(RecordingRule.ON_COMMAND)
_OF_ACCESS_CODES = RecordingPolicy(RecordingRule.FROM_ANSWER)


def policy_of(record: RecordingRule | bool | None, share: float) -> RecordingPolicy | None:
    """As the configuration has it: true is from_answer, false on_command; None where nothing is said."""
    if record is None:
        return None
    if isinstance(record, RecordingRule):
        return RecordingPolicy(record, share)
    return RecordingPolicy(RecordingRule.FROM_ANSWER if record else RecordingRule.ON_COMMAND, share)


class RecordingPolicies:
    """What is said of access codes, of trunks, and of calls of stations that are for no access code."""

    def __init__(
        self,
        access_codes: Mapping[str, RecordingPolicy],
        trunks: Mapping[str, RecordingPolicy] | None = None,
        direct: RecordingPolicy = _ON_COMMAND,
    ) -> None:
        """``access_codes``, ``trunks``: of those of which something is said."""
        self._access_codes = access_codes
        self._trunks = trunks or {}
        self._direct = direct

    def configure(self, access_codes: Mapping[str, RecordingPolicy]) -> None:
        """For new contacts of access codes."""
        self._access_codes = access_codes

    def rule_for(self, contact_id: str, access_code: str | None, trunk: str | None) -> RecordingRule:
        """From when on a new contact is recorded by itself. The access code comes first, then the trunk."""
        usual = self._direct if access_code is None else _OF_ACCESS_CODES
        policy = self._access_codes.get(access_code or "") or self._trunks.get(trunk or "", usual)
        return policy.rule if in_share(contact_id, policy.share) else RecordingRule.ON_COMMAND
