from typing import Any

import pytest

from switch.sip.transport.certificate_names import proves

SUBJECT = {"subject": ((("countryName", "CN"),), (("commonName", "example.com"),))}


def alternatives(*names: tuple[str, str]) -> dict[str, Any]:
    return {**SUBJECT, "subjectAltName": names}


@pytest.mark.parametrize(
    ("certificate", "domain", "proven"),
    [
        (alternatives(("URI", "sip:carrier.example")), "carrier.example", True),
        (alternatives(("URI", "SIP:Carrier.Example")), "carrier.example", True),
        (alternatives(("URI", "sip:alice@carrier.example")), "carrier.example", False),
        (alternatives(("URI", "sip:other.example"), ("DNS", "carrier.example")), "carrier.example", False),
        (alternatives(("URI", "https://x.example"), ("DNS", "carrier.example")), "carrier.example", True),
        (alternatives(("DNS", "carrier.example")), "carrier.example.", True),
        (alternatives(("DNS", "*.example")), "carrier.example", False),
        (alternatives(("DNS", "carrier.example")), "example.com", False),
        (SUBJECT, "example.com", True),
        (SUBJECT, "carrier.example", False),
        ({}, "carrier.example", False),
    ],
)
def test_a_certificate_proves_the_domains_it_names_in_the_order_of_rfc_5922(
    certificate: dict[str, Any], domain: str, proven: bool
) -> None:
    assert proves(certificate, domain) is proven
