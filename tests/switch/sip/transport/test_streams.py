import socket

import pytest

from switch.sip.commands import SendMessage
from switch.sip.guard.events import RefusalKind
from switch.sip.hop import Hop
from switch.sip.messages.parser import parse_message
from switch.sip.transport.reports import ConnectionClosed, SendFailed
from tests.helpers.sip_house import House, open_house
from tests.helpers.sip_messages import as_bytes, make_request


def options(number: int = 1, transport: str = "TCP") -> bytes:
    via = f"SIP/2.0/{transport} phone.invalid;rport;branch=z9hG4bK{number}"
    return as_bytes(make_request("OPTIONS", via=via))


def refusals(house: House) -> list[tuple[RefusalKind, str]]:
    return [(c.refusal, c.detail) for c in house.reported(ConnectionClosed) if c.refusal is not None]


def test_requests_are_answered_on_their_connection_whole_in_pieces_or_together() -> None:
    with open_house() as house:
        phone = house.connect()
        phone_port = phone.port
        phone.say(options(1) + options(2) + options(3)[:100])
        answers = [parse_message(phone.hear()) for _ in range(2)]
        phone.say(options(3)[100:])
        answers.append(parse_message(phone.hear()))
        vias = [answer.headers.get("via") or "" for answer in answers]
        assert [via.partition("z9hG4bK")[2][:1] for via in vias] == ["1", "2", "3"]
        assert f"rport={phone_port}" in vias[0]
        assert house.transports.open_connections == 1
        phone.close()
        house.run_until(lambda: house.reported(ConnectionClosed))
        assert house.reported(ConnectionClosed) == [ConnectionClosed(Hop("tcp", "127.0.0.1", phone_port))]
        assert house.transports.open_connections == 0


def test_a_keep_alive_gets_its_sign_of_life() -> None:
    with open_house() as house:
        phone = house.connect()
        phone.say(b"\r\n\r\n")
        assert phone.hear(b"\r\n") == b"\r\n"


def test_a_message_of_ours_opens_a_connection_once_and_answers_come_back_on_it() -> None:
    with open_house() as house:
        listening = house.listen()
        hop = Hop("tcp", "127.0.0.1", listening.getsockname()[1])
        for n in (1, 2):
            house.driver.submit(SendMessage(data=options(n), hop=hop))
        peer = house.accept(listening)
        assert peer.hear() + peer.hear() == options(1) + options(2)
        peer.say(options(7))
        assert peer.hear().startswith(b"SIP/2.0 200 OK")
        assert house.transports.open_connections == 1
        listening.close()


def test_a_connection_that_is_refused_gives_back_all_that_waited() -> None:
    with open_house() as house:
        listening = house.listen()
        hop = Hop("tcp", "127.0.0.1", listening.getsockname()[1])
        listening.close()
        house.driver.submit(SendMessage(data=options(1), hop=hop))
        house.run_until(lambda: house.reported(SendFailed))
        assert house.reported(SendFailed) == [SendFailed(options(1), hop)]
        assert house.transports.open_connections == 0


@pytest.mark.parametrize("hop", [Hop("ws", "127.0.0.1", 4000), Hop("tcp", "phone.invalid", 5060)])
def test_nobody_is_connected_to_who_cannot_be(hop: Hop) -> None:
    with open_house() as house:
        house.driver.submit(SendMessage(data=options(), hop=hop))
        assert house.reported(SendFailed) == [SendFailed(options(), hop)]


def test_a_connection_that_is_not_ready_in_time_is_given_up() -> None:
    with open_house(connections={"connect_timeout_s": 0.1}) as house:
        full = socket.create_server(("127.0.0.1", 0), backlog=0)
        hop = Hop("tcp", "127.0.0.1", full.getsockname()[1])
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:  # beyond its backlog the kernel leaves further ones unanswered
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        house.driver.submit(SendMessage(data=options(), hop=hop))
        house.run_until(lambda: house.reported(SendFailed))
        assert refusals(house) == []
        for one in (*crowd, full):
            one.close()


def test_junk_closes_the_connection_and_is_told() -> None:
    with open_house() as house:
        scanner = house.connect()
        scanner.say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        scanner.wait_closed()
        assert refusals(house) == [(RefusalKind.MALFORMED, "not SIP")]
        assert [event.kind for event in house.events] == [RefusalKind.MALFORMED]


@pytest.mark.parametrize(
    "said", [b"", options()[:50], options() + options()[:50]], ids=["nothing", "half", "1.5"]
)
def test_a_message_must_be_whole_in_time(said: bytes) -> None:
    with open_house(connections={"message_timeout_s": 0.1}) as house:
        slow = house.connect()
        slow.say(said)
        slow.wait_closed()
        assert refusals(house) == [(RefusalKind.STALLED_CONNECTION, "nothing whole in time")]


def test_an_idle_connection_is_closed_without_reproach() -> None:
    with open_house(connections={"idle_s": 0.2, "message_timeout_s": 0.1}) as house:
        phone = house.connect()
        phone.say(options())
        phone.wait_closed()
        assert refusals(house) == []
        assert len(house.reported(ConnectionClosed)) == 1


def test_no_more_connections_are_taken_than_there_may_be_of_one_source() -> None:
    with open_house(connections={"max_per_source": 2}) as house:
        phones = [house.connect() for _ in range(3)]
        phones[2].wait_closed()
        assert refusals(house) == [(RefusalKind.OPEN_CONNECTIONS, "more than 2 connections of one source")]
        phones[0].close()
        house.run_until(lambda: house.transports.open_connections == 1)
        phone = house.connect()
        phone.say(options())
        phone.hear()


def test_no_more_connections_are_opened_or_taken_than_there_may_be_in_all() -> None:
    with open_house(connections={"max_connections": 1}) as house:
        first = house.connect()
        first.say(options())
        first.hear()
        second = house.connect()
        second.wait_closed()
        house.driver.submit(SendMessage(data=options(), hop=Hop("tcp", "127.0.0.1", 9)))
        assert len(house.reported(SendFailed)) == 1
        assert refusals(house) == [(RefusalKind.OPEN_CONNECTIONS, "more than 1 connections")]


def test_a_peer_that_never_reads_is_cut_off_and_its_messages_are_given_back() -> None:
    with open_house(connections={"unsent_max_bytes": 65_536}) as house:
        deaf = house.connect()
        deaf.say(options())
        deaf.hear()
        hop = Hop("tcp", "127.0.0.1", deaf.port)
        body = make_request("MESSAGE", body="x" * 60_000)
        while not house.reported(ConnectionClosed):
            house.driver.submit(SendMessage(data=as_bytes(body), hop=hop))
        assert refusals(house) == [(RefusalKind.STALLED_CONNECTION, "does not read")]
        assert 1 <= len(house.reported(SendFailed)) < 10


def test_what_waited_for_room_arrives_whole_and_in_order() -> None:
    with open_house(connections={"unsent_max_bytes": 10_000_000}) as house:
        phone = house.connect()
        phone.say(options())
        phone.hear()
        sent = [as_bytes(make_request("MESSAGE", cseq=n, body="x" * 50_000)) for n in range(200)]
        for data in sent:
            house.driver.submit(SendMessage(data=data, hop=Hop("tcp", "127.0.0.1", phone.port)))
        expected = b"".join(sent)
        house.run_until(lambda: phone._look() and len(phone.heard) >= len(expected))
        assert phone.heard == expected


def test_a_banned_source_is_not_even_accepted() -> None:
    with open_house() as house:
        house.transports._streams._ignores = lambda host: True
        house.connect().wait_closed()
        assert house.reports == []


def test_a_connection_is_reused_for_our_requests_where_its_peer_asks_for_it() -> None:
    with open_house() as house:
        phone = house.connect()
        phone.say(options().replace(b";rport", b";alias").replace(b"phone.invalid", b"127.0.0.1:5099"))
        phone.hear()
        house.driver.submit(SendMessage(data=options(9), hop=Hop("tcp", "127.0.0.1", 5099)))
        assert phone.hear() == options(9)
        assert house.transports.open_connections == 1
        phone.close()
        house.run_until(lambda: house.transports.open_connections == 0)
        house.driver.submit(SendMessage(data=options(9), hop=Hop("tcp", "127.0.0.1", 5099)))
        house.run_until(lambda: house.reported(SendFailed))
