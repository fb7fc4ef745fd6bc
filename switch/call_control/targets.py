"""Whether a call can be led to a target now; what is seen to be in vain is refused before it is done."""

from runtime.errors import UsageError
from runtime.target import parse_target
from runtime.tenancy import tenant_of
from switch.call import Call
from switch.dial_plan import NUMBER_SCHEME, STATION_SCHEME, serves_callers_only
from switch.reach import Reach


class Targets:
    """What leads where, as the house knows it."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    def refuse_what_is_in_vain(self, call: Call, target: str, by: str = "") -> None:
        """Raises UsageError when ``target`` cannot be had, or not by the station ``by``.

        Reasons: ``no_such_target``, ``same_station``, ``not_registered``, ``no_route``, ``no_trunk``,
        ``barred``, ``signed_out``.
        """
        scheme, name = parse_target(target)
        if scheme == NUMBER_SCHEME:
            self._reach.refuse_number(name, by)
            return
        if scheme == STATION_SCHEME and name in map(call.station_of, call.talking):
            raise UsageError(f"station {name} talks in call {call.call_id} itself", reason="same_station")
        is_known = self._reach.knows_target(target) and not serves_callers_only(target)
        if not is_known or tenant_of(name) != call.tenant:
            raise UsageError(
                f"nothing takes calls for {target}; expected such as queue:<name>, of a configured name",
                reason="no_such_target",
            )
        if scheme == STATION_SCHEME:
            self._reach.refuse_silent(name)
        self._reach.refuse_obstacle(target)
