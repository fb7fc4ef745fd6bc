import pytest

from switch.sip.guard.config import SCANNERS
from switch.sip.guard.scanners import Scanners
from tests.helpers.sip_messages import make_request


@pytest.mark.parametrize(
    "agent",
    ["friendly-scanner", "Friendly-Scanner", "sipcli/v1.8", "VaxSIPUserAgent/3.1", "pplsip", "sundayddr"],
)
def test_a_scanner_is_known_by_its_name(agent: str) -> None:
    assert Scanners(SCANNERS).sent(make_request("OPTIONS", user_agent=agent)) == agent


@pytest.mark.parametrize(
    "caller",
    ['"sipvicious"<sip:100@1.1.1.1>;tag=6434396633623535', "<sip:nm@nm>;tag=root", "<sip:100@1.1.1.1>;tag=1"],
)
def test_a_scanner_is_known_by_whom_it_claims_to_be(caller: str) -> None:
    assert Scanners(SCANNERS).sent(make_request("OPTIONS", caller=caller)) == caller


@pytest.mark.parametrize(
    "agent", ["", "Yealink SIP-T46S 66.85.0.5", "baresip v1.0.0", "Linphone/5.1", "电话"]
)
def test_phones_are_no_scanners(agent: str) -> None:
    assert Scanners(SCANNERS).sent(make_request("REGISTER", user_agent=agent)) == ""


def test_names_are_remembered_in_bounds() -> None:
    scanners = Scanners(SCANNERS)
    for number in range(5000):
        assert not scanners.sent(make_request("OPTIONS", user_agent=f"Phone/{number}"))
    assert len(scanners._known) <= 1024
