"""A tenant's calls are limited by its own number of them, and by nobody else's."""

from hypothesis import given
from hypothesis import strategies as st

from runtime.ids import SeededIds
from runtime.tenancy import HOUSE
from switch.causes import Cause
from switch.commands import HangUpCall, PlaceCall
from switch.config import AccessCodeConfig
from switch.events import CallEnded, CallRefused
from switch.exchange import Exchange
from switch.sip.events import LegArrived
from switch.tenants.config import TenantConfig
from switch.tenants.events import TenantFull
from switch.tenants.limits import CallLimits
from tests.helpers.exchange_rig import CALLER_SDP, ExchangeRig

MOST = {"acme": 2, "globex": 1}
TENANTS = [*MOST, HOUSE]
LIMITED = {tenant: TenantConfig(calls=calls) for tenant, calls in MOST.items()}
CODES = {"acme": "95001", "globex": "95002", HOUSE: "95003"}


class Rig(ExchangeRig):
    def __init__(self) -> None:
        codes = [
            AccessCodeConfig(number=number, target="flow:x").model_copy(
                update={"number": f"{tenant}/{number}" if tenant else number}
            )
            for tenant, number in CODES.items()
        ]
        knows = {"flow:x", "number:139"}.__contains__
        super().__init__(exchange=Exchange(codes, SeededIds(), knows, limits=CallLimits(LIMITED)))
        self.came = 0

    def of(self, tenant: str) -> list[str]:
        return [call.call_id for call in self.exchange.calls() if call.tenant == tenant]

    def call_in(self, tenant: str) -> None:
        self.came += 1
        self.feed(
            LegArrived(
                leg_id=f"customer-{self.came}",
                sip_call_id=f"{self.came}@test",
                caller_number="13800138000",
                caller_name="",
                called_number=CODES[tenant],
                peer="udp:127.0.0.1:5060",
                sdp=CALLER_SDP,
            )
        )

    def place(self, tenant: str) -> None:
        self.came += 1
        kind = f"call-{tenant}" if tenant else "call"
        order = PlaceCall(
            call_id=f"{kind}-{self.came}ff", contact_id="contact-1", whom="number:139", target="flow:x"
        )
        self.feed(order)


STEPS = st.lists(
    st.tuples(st.sampled_from(["call_in", "place", "end"]), st.sampled_from(TENANTS)), max_size=40
)


@given(STEPS)
def test_a_call_is_refused_exactly_when_its_tenant_has_its_most(
    steps: list[tuple[str, str]],
) -> None:
    rig = Rig()
    up = dict.fromkeys(TENANTS, 0)
    for what, tenant in steps:
        if what == "end":
            for call_id in rig.of(tenant)[:1]:
                rig.feed(HangUpCall(call_id=call_id, cause=Cause.NORMAL_CLEARING))
                up[tenant] -= 1
        else:
            getattr(rig, what)(tenant)
            up[tenant] = min(up[tenant] + 1, MOST.get(tenant, 99))
        assert {tenant: len(rig.of(tenant)) for tenant in TENANTS} == up


def test_a_refusal_has_the_cause_of_no_circuit_and_is_told_once_until_a_call_gets_through() -> None:
    rig = Rig()
    for _ in range(3):
        rig.call_in("globex")
    assert [event.cause for event in rig.all(CallRefused)] == [Cause.NORMAL_CIRCUIT_CONGESTION] * 2
    rig.place("globex")
    assert rig.last(CallEnded).cause is Cause.NORMAL_CIRCUIT_CONGESTION
    assert rig.all(TenantFull) == [TenantFull(tenant="globex", calls=1)]
    rig.feed(HangUpCall(call_id=rig.of("globex")[0], cause=Cause.NORMAL_CLEARING))
    rig.call_in("globex")
    rig.call_in("globex")
    assert len(rig.all(TenantFull)) == 2
