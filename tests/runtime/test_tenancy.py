from hypothesis import given
from hypothesis import strategies as st

from runtime.ids import RandomIds, SeededIds
from runtime.tenancy import HOUSE, TENANT_PATTERN, bare, id_kind, qualify, tenant_of, tenant_of_id

TENANTS = st.from_regex(TENANT_PATTERN, fullmatch=True) | st.just(HOUSE)
NAMES = st.text(min_size=1).filter(lambda name: "/" not in name)


@given(TENANTS, NAMES)
def test_a_name_in_the_switch_tells_its_owner_and_what_the_owner_calls_it(tenant: str, name: str) -> None:
    inside = qualify(tenant, name)
    assert (tenant_of(inside), bare(inside)) == (tenant, name)


@given(TENANTS, st.sampled_from(["call", "contact", "recording", "callback"]))
def test_an_id_tells_whose_it_is(tenant: str, kind: str) -> None:
    for ids in (RandomIds(), SeededIds()):
        assert tenant_of_id(ids.new(id_kind(kind, tenant))) == tenant
