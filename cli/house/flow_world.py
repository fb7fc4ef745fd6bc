"""What flows may ask of this switch, and where their masks are."""

from collections.abc import Callable, Collection
from datetime import datetime

from cli.house.customers import Customers
from cli.tenant_names import qualified_target
from ivr.world import Hours, Outlook, World
from runtime.clock import Clock
from runtime.tenancy import qualify, tenant_of
from switch.application import ProspectOf
from switch.call import Call


def flow_world(
    clock: Clock,
    customers: Customers,
    prospect: ProspectOf,
    knows_target: Callable[[str], bool],
    own_prompt: Callable[[str, str], str],
) -> World:
    """``own_prompt`` as ``own_prompts`` makes it."""

    def outlook(queue: str, number: str) -> Outlook | None:
        found = prospect(queue, number)
        return None if found is None else Outlook(found.repeats, found.wait_s, found.waiting, found.is_open)

    def hours(calendar: str) -> Hours | None:
        found = customers.calendar_today(calendar)
        return None if found is None else Hours(found[0], found[1].regular, found[1].occasion)

    return World(
        wall=lambda: datetime.fromtimestamp(clock.wall()).astimezone(),
        outlook=outlook,
        hours=hours,
        knows_target=knows_target,
        qualified_target=qualified_target,
        own_prompt=own_prompt,
    )


def own_prompts(
    prompts: Callable[[], Collection[str]], tenants: Collection[str]
) -> Callable[[str, str], str]:
    """What a tenant means by a prompt's name; ``prompts`` tells those of the library, which may change."""

    def own_prompt(tenant: str, name: str) -> str:
        """Of another tenant's prompts none is played: the tenant's own of that name is not there."""
        own = qualify(tenant, name)
        is_anothers = bool(tenant) and tenant_of(name) in tenants
        return own if own in prompts() or is_anothers else name

    return own_prompt


class FlowMasks:
    """The masks of customers who type into a flow."""

    def __init__(self, find_call: Callable[[str], Call | None]) -> None:
        """``find_call`` by its id."""
        self._find_call = find_call

    def digits(self, call_id: str) -> tuple[str, str] | None:
        """The mask of a call's customer and the keys pressed behind it; None when there is none."""
        call = self._find_call(call_id)
        leg = call.customers_leg if call is not None else None
        return None if leg is None or leg.mask is None else (leg.mask.mask_id, leg.mask.digits)

    def leg(self, call_id: str, mask_id: str) -> str | None:
        """Whose keys a mask of a call hides; None when it is over."""
        call = self._find_call(call_id)
        leg = call.customers_leg if call is not None else None
        return (
            leg.leg_id if leg is not None and leg.mask is not None and leg.mask.mask_id == mask_id else None
        )
