from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from switch.sip.event_packages.dialog_info import write_dialog_info
from switch.sip.event_packages.lamps import DialogInfo

NAMESPACE = {"d": "urn:ietf:params:xml:ns:dialog-info"}
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=20)


@given(
    st.builds(
        DialogInfo, words, st.just("early"), st.just("recipient"), words, words, words, words, words, words
    )
)
def test_a_document_is_well_formed_whatever_peers_call_themselves(info: DialogInfo) -> None:
    root = ElementTree.fromstring(write_dialog_info('sip:"<&>"@h', "sip:<&>@h:5070", 7, [info]))
    assert (root.get("version"), root.get("state"), root.get("entity")) == ("7", "full", 'sip:"<&>"@h')
    (dialog,) = root.findall("d:dialog", NAMESPACE)
    assert (dialog.get("call-id") or "", dialog.get("remote-tag") or "") == (
        info.sip_call_id,
        info.remote_tag,
    )
    assert dialog.findtext("d:state", namespaces=NAMESPACE) == "early"
    assert (dialog.findtext("d:remote/d:identity", namespaces=NAMESPACE) or "") == info.remote
    if info.remote:
        assert dialog.findtext("d:local/d:identity", namespaces=NAMESPACE) == 'sip:"<&>"@h'
        targets = [target.get("uri") for target in dialog.iterfind("*/d:target", NAMESPACE)]
        assert targets == ["sip:<&>@h:5070", info.remote_target]
        identity = dialog.find("d:remote/d:identity", NAMESPACE)
        assert identity is not None
        assert (identity.get("display") or "") == info.remote_name


def test_nothing_is_said_of_a_station_without_calls() -> None:
    root = ElementTree.fromstring(write_dialog_info("sip:1001@h", "sip:1001@h", 0, []))
    assert root.findall("d:dialog", NAMESPACE) == []
