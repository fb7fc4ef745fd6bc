"""Every template can be filled in for whatever stations there are, and says what it was told."""

import re
from configparser import RawConfigParser
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from media.commands import Codec
from media.config import Srtp
from runtime.errors import UsageError
from switch.provisioning.config import PhoneTransport
from switch.provisioning.facts import Lamp, StationFacts
from switch.provisioning.rendering import encoded, makes, render

TEMPLATES = Path(__file__).parents[3] / "conf" / "phones"
FACTS = StationFacts(
    station="1001",
    display_name="李娜",
    password="s3cret",
    realm="ringmain",
    host="192.0.2.1",
    outbound_proxy="",
    port=5060,
    transport=PhoneTransport.UDP,
    srtp=Srtp.ACCEPT,
    codecs=(Codec.PCMA, Codec.PCMU),
    expires_s=300,
    ntp="ntp.example.com",
    utc_offset_h=8,
    language="zh",
    voicemail="*97",
    lamps=(Lamp("1002", "王芳"),),
)
PRINTABLE = st.text(st.characters(min_codepoint=33, exclude_categories=("C", "Z")), min_size=1, max_size=20)
ANY_FACTS = st.builds(
    replace,
    st.just(FACTS),
    station=st.text("0123456789abcXYZ-_.", min_size=3, max_size=12),
    display_name=PRINTABLE,
    password=PRINTABLE,
    transport=st.sampled_from(PhoneTransport),
    srtp=st.sampled_from(Srtp),
    codecs=st.lists(st.sampled_from(Codec), min_size=1, max_size=5, unique=True).map(tuple),
    utc_offset_h=st.integers(-48, 56).map(lambda quarters: quarters / 4),
    ntp=st.sampled_from(["", "ntp.example.com"]),
    language=st.sampled_from(["zh", "en"]),
    lamps=st.lists(st.builds(Lamp, st.just("1002"), PRINTABLE), max_size=3).map(tuple),
)


def xml_of(make: str, facts: StationFacts) -> Element:
    (text,) = render(TEMPLATES, make, facts).values()
    found: Element = fromstring(text)
    return found


def text_at(tree: Element, path: str) -> str:
    found = tree.find(path)
    assert found is not None, path
    return found.text or ""


@given(facts=ANY_FACTS)
def test_a_yealink_file_is_lines_of_keys_and_values(facts: StationFacts) -> None:
    (text,) = render(TEMPLATES, "yealink", facts).values()
    first, *lines = text.splitlines()
    assert first == "#!version:1.0.0.1"
    keys: dict[str, Any] = dict(line.split(" = ", 1) for line in lines)
    assert len(keys) == len(lines)
    assert keys["account.1.password"] == facts.password
    assert keys["account.1.display_name"] == facts.display_name
    assert (
        keys["account.1.sip_server.1.transport_type"] == {"udp": "0", "tcp": "1", "tls": "2"}[facts.transport]
    )
    enabled = {
        int(keys[f"account.1.codec.{n}.priority"]): keys[f"account.1.codec.{n}.payload_type"]
        for n in range(1, 6)
        if keys[f"account.1.codec.{n}.enable"] == "1"
    }
    assert [enabled[place] for place in sorted(enabled)] == list(facts.codecs)
    assert [keys[f"linekey.{n + 2}.label"] for n in range(len(facts.lamps))] == [x.label for x in facts.lamps]


@given(facts=ANY_FACTS)
def test_files_in_xml_hold_any_name_and_password(facts: StationFacts) -> None:
    grandstream = xml_of("grandstream", facts)
    assert text_at(grandstream, "config/P34") == facts.password
    assert text_at(grandstream, "config/P3") == facts.display_name
    spa = xml_of("cisco-spa", facts)
    assert text_at(spa, "Password_1_") == facts.password
    assert text_at(spa, "SIP_Transport_1_") == facts.transport.upper()
    space = "{http://www.linphone.org/xsds/lpconfig.xsd}"
    entries = {entry.get("name"): entry.text for entry in xml_of("linphone", facts).iter(f"{space}entry")}
    assert entries["passwd"] == facts.password
    assert entries["reg_proxy"] == f"<sip:192.0.2.1:5060;transport={facts.transport}>"


@given(facts=ANY_FACTS)
def test_a_line_of_baresip_holds_its_parameters_or_says_that_it_cannot(facts: StationFacts) -> None:
    if set(facts.password) & set(';"<>,%\\'):
        with pytest.raises(UsageError, match="cannot be written into baresip/station/accounts"):
            render(TEMPLATES, "baresip", facts)
        return
    files = render(TEMPLATES, "baresip", facts)
    name = facts.station
    assert set(files) == {f"{name}/accounts", f"{name}/contacts"}
    (line,) = files[f"{name}/accounts"].splitlines()
    assert f";auth_pass={facts.password};" in line
    assert line.split('"')[1] == facts.display_name.replace('"', "").replace("\\", "")


@given(facts=ANY_FACTS)
def test_a_fanvil_file_ends_as_its_phones_want_and_says_when_it_is_another(facts: StationFacts) -> None:
    (text,) = render(TEMPLATES, "fanvil", facts).values()
    lines = text.split("\r\n")
    assert "\n" not in "".join(lines)
    assert re.fullmatch(r"<<VOIP CONFIG FILE>>Version:2\.\d{10}", lines[0])
    assert lines[-2:] == ["<<END OF FILE>>", ""]
    keys = {key.strip(): value for key, colon, value in (line.partition(":") for line in lines[1:]) if colon}
    assert keys["SIP1 Register Pswd"] == facts.password
    assert keys["SIP1 Display Name"] == facts.display_name
    assert [keys[f"Fkey{n + 1} Title"] for n in range(len(facts.lamps))] == [x.label for x in facts.lamps]
    (other,) = render(TEMPLATES, "fanvil", replace(facts, expires_s=facts.expires_s + 1)).values()
    assert other.splitlines()[0] != lines[0], "phones take a file of another version only"
    assert render(TEMPLATES, "fanvil", facts) == {f"{facts.station}.cfg": text}


@given(facts=ANY_FACTS)
def test_microsip_reads_its_settings_in_any_script(facts: StationFacts) -> None:
    ((path, text),) = render(TEMPLATES, "microsip", facts).items()
    assert path == f"{facts.station}/microsip.ini"
    read = RawConfigParser(strict=True, comment_prefixes=(), delimiters=("=",), interpolation=None)
    read.read_string(encoded(path, text).decode("utf-16"))
    account = read["Account1"]
    assert account["password"] == facts.password
    assert account["label"] == facts.display_name
    assert account["transport"] == facts.transport
    assert len(read["Settings"]["audioCodecs"].split(" ")) == len(facts.codecs)


@given(facts=ANY_FACTS)
def test_a_zoiper_file_names_codecs_by_its_own_numbers(facts: StationFacts) -> None:
    account = "accounts/account"
    tree = xml_of("zoiper", facts)
    assert text_at(tree, f"{account}/password") == facts.password
    assert text_at(tree, f"{account}/SIP_callerid") == facts.display_name
    assert text_at(tree, f"{account}/SIP_transport_type") == facts.transport.upper()
    numbers = {"0": "PCMU", "6": "PCMA", "7": "G722", "16": "G729", "37": "opus"}
    found = [numbers[codec.text or ""] for codec in tree.iterfind(f"{account}/codecs/codec/codec_id")]
    assert found == list(facts.codecs)


@pytest.mark.parametrize("make", makes(TEMPLATES))
def test_a_tenants_phone_reaches_its_domain_through_the_switch(make: str) -> None:
    facts = replace(FACTS, host="acme.example.com", outbound_proxy="192.0.2.9")
    text = "".join(render(TEMPLATES, make, facts).values())
    assert "acme.example.com" in text
    assert "192.0.2.9" in text
    assert "192.0.2.9" not in "".join(render(TEMPLATES, make, replace(facts, outbound_proxy="")).values())


@pytest.mark.parametrize(
    ("hours", "told"), [(8, "GMT+08:00"), (0, "GMT+00:00"), (-3.5, "GMT-03:30"), (5.75, "GMT+05:45")]
)
def test_time_zones_are_told_to_the_minute(hours: float, told: str) -> None:
    facts = replace(FACTS, utc_offset_h=hours)
    assert text_at(xml_of("cisco-spa", facts), "Time_Zone") == told
    (yealink,) = render(TEMPLATES, "yealink", facts).values()
    short = told.removeprefix("GMT").replace("+0", "+").replace("-0", "-").removesuffix(":00")
    assert f"local_time.time_zone = {short}\n" in yealink


def test_a_value_that_would_be_another_line_is_refused() -> None:
    with pytest.raises(
        UsageError, match=r"^station \S+: password cannot be written into yealink/station\.cfg: "
    ):
        render(TEMPLATES, "yealink", replace(FACTS, password="x\naccount.2.enable = 1"))


def test_a_refused_password_is_told_by_its_name_alone() -> None:
    with pytest.raises(UsageError) as told:
        render(TEMPLATES, "baresip", replace(FACTS, password="quite secret"))
    place = f"station {FACTS.station}: password cannot be written into baresip/station/accounts"
    assert str(told.value) == f'{place}: it has a space or one of ; " < > , % \\'


def test_a_make_of_the_users_own_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "phone-station.txt").write_text("{{ station }} {{ colour }}", "utf-8")
    assert makes(tmp_path) == ["own"]
    with pytest.raises(UsageError, match=r"own/phone-station\.txt cannot be .* 'colour' is undefined"):
        render(tmp_path, "own", FACTS)
    (tmp_path / "own" / "phone-station.txt").write_text("{{ station }}\n", "utf-8")
    assert render(tmp_path, "own", FACTS) == {"phone-1001.txt": "1001\n"}
    with pytest.raises(UsageError, match="there are some for own"):
        render(tmp_path, "other", FACTS)
    with pytest.raises(UsageError, match="there are no templates of phones"):
        makes(tmp_path / "none")


def test_a_station_whose_name_leads_out_of_the_folder_has_no_files() -> None:
    with pytest.raises(UsageError, match="cannot be the name of a file"):
        render(TEMPLATES, "baresip", replace(FACTS, station=".."))
