"""Messages drawn between their neighbours."""

from cli.ladder import Ladder, summary
from switch.sip.hop import Hop
from switch.sip.messages.writer import write_message
from switch.sip.trace.traced import TracedMessage
from tests.helpers.sip_messages import SDP, make_request, make_response

CALLER, SWITCH, PHONE = (
    Hop("udp", "192.0.2.1", 5060),
    Hop("udp", "192.0.2.9", 5060),
    Hop("tcp", "192.0.2.2", 7000),
)
INVITE = make_request("INVITE", body=SDP)


def traced(source: Hop, target: Hop, data: bytes, sent: bool | None) -> TracedMessage:
    return TracedMessage(1_790_000_000.25, source, target, data, sent)


def test_an_arrow_points_from_source_to_target() -> None:
    ladder = Ladder(90)
    there = ladder.draw(traced(CALLER, SWITCH, write_message(INVITE), sent=False))
    back = ladder.draw(traced(SWITCH, CALLER, write_message(make_response(INVITE, 180)), sent=True))
    assert "ringmain" in there[1]
    assert "192.0.2.1:5060" in there[2]
    assert "192.0.2.9:5060" in there[2]
    assert " INVITE 95598 SDP " in there[-1]
    assert there[-1].endswith("▶│")
    assert len(back) == 1
    assert "│◀" in back[0]
    assert " 180 Whatever (INVITE) " in back[0]


def test_a_new_neighbour_brings_a_new_header_and_columns_stand_in_line() -> None:
    ladder = Ladder(110)
    ladder.draw(traced(CALLER, SWITCH, write_message(INVITE), sent=False))
    lines = ladder.draw(traced(SWITCH, PHONE, write_message(INVITE), sent=True))
    assert "192.0.2.2:7000" in lines[2]
    bars = [index for index, character in enumerate(lines[3]) if character == "│"]
    assert len(bars) == 3
    assert all(lines[-1][index] == "│" for index in bars)


def test_a_repeated_message_says_so() -> None:
    ladder = Ladder(110)
    first = ladder.draw(traced(CALLER, SWITCH, write_message(INVITE), sent=False))
    second = ladder.draw(traced(CALLER, SWITCH, write_message(INVITE), sent=False))
    assert "(again)" not in first[-1]
    assert "(again)" in second[-1]


def test_a_long_label_is_cut_to_its_column() -> None:
    uri = "sip:" + "9" * 200 + "@switch"
    ladder = Ladder(60)
    lines = ladder.draw(traced(CALLER, SWITCH, write_message(make_request("INVITE", uri=uri)), sent=False))
    assert "…" in lines[-1]
    assert len(lines[-1]) <= 60


def test_without_a_terminal_columns_get_as_wide_as_labels_need() -> None:
    ladder = Ladder(None)
    first = ladder.draw(traced(CALLER, SWITCH, write_message(INVITE), sent=False))
    number = make_request("INVITE", uri=f"sip:{'9' * 30}@switch", body=SDP)
    lines = ladder.draw(traced(SWITCH, CALLER, write_message(number), sent=True))
    again = ladder.draw(traced(SWITCH, CALLER, write_message(make_response(INVITE, 180)), sent=True))
    assert f"│◀─ INVITE {'9' * 30} SDP ─│" in lines[-1]
    bars = [[index for index, character in enumerate(line) if character in "│"] for line in lines[3:]]
    assert len(first[-1]) < len(lines[-1]) == len(again[-1])
    assert bars[0] == bars[1]
    assert len(lines) == 5, "wider columns have a header of their own"
    assert len(again) == 1


def test_without_a_terminal_a_very_long_label_is_whole_and_widens_its_own_line_alone() -> None:
    ladder = Ladder(None)
    uri = f"sip:{'9' * 200}@switch"
    long = ladder.draw(traced(CALLER, SWITCH, write_message(make_request("INVITE", uri=uri)), sent=False))
    short = ladder.draw(traced(SWITCH, CALLER, write_message(make_response(INVITE, 180)), sent=True))
    assert f" INVITE {'9' * 200} " in long[-1]
    assert len(short[-1]) < 120


def test_without_a_terminal_addresses_are_whole() -> None:
    here, there = (Hop("tls", f"2001:db8:1111:2222:3333:4444:5555:{end}", 50_060) for end in (6666, 7777))
    lines = Ladder(None).draw(traced(here, there, write_message(INVITE), sent=None))
    assert [f"[{hop.host}]:50060" for hop in (here, there)] == lines[1].split()


def test_what_is_no_sip_is_shown_safely() -> None:
    assert summary(b"\x1b[2Jjunk\r\nmore") == "\ufffd[2Jjunk"
    assert summary(b"\r\n\r\n") == "keep-alive"
    assert summary("INVITE sip:客服@switch SIP/2.0\r\n".encode())[:6] == "INVITE"
