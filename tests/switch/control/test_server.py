import asyncio
import os
import socket
import stat
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvloop

from acd.agent_events import AgentSignedIn
from acd.events import CallerJoined
from runtime.errors import UsageError
from runtime.models import NoParams, Params
from runtime.vocabulary import Event
from switch.application import Verb
from switch.control.client import ControlClient, NotConnected, VerbRefused, connect_sync
from switch.control.config import ControlConfig
from switch.control.event_verbs import Part
from switch.control.events import ControlClientDropped
from switch.control.messages import Notification, Response
from switch.control.protocol import MessageReader, encode_request, encode_result
from switch.control.server import ControlServer, Neighbours, SocketUnusable
from switch.events import CallAnswered, CallEnded
from switch.records.projection import JournalEntry
from switch.roles import EVERYBODY

Run = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    def run_to_end(steps: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(asyncio.wait_for(steps, timeout=20))

    return run_to_end


class Text(Params):
    text: str


def refuse(params: Text) -> object:
    raise UsageError(f"{params.text} is not possible now")


async def take_time(params: Text) -> object:
    await asyncio.sleep(0)
    if params.text == "no":
        raise UsageError("not possible after all")
    if params.text == "oops":
        raise KeyError(params.text)
    if params.text == "never":
        await asyncio.Event().wait()
    return f"{params.text}, slowly"


VERBS = (
    Verb(name="test.slow", params=Text, handle=take_time, help="Say it later.", who=EVERYBODY),
    Verb(
        name="switch.status", params=NoParams, handle=lambda _: {"calls": 0}, help="How it is.", who=EVERYBODY
    ),
    Verb(
        name="test.echo", params=Text, handle=lambda params: params.text, help="Say it again.", who=EVERYBODY
    ),
    Verb(name="test.refuse", params=Text, handle=refuse, help="Say no.", who=EVERYBODY),
    Verb(
        name="test.big",
        params=Text,
        handle=lambda params: params.text * 70_000,
        help="Say it often.",
        who=EVERYBODY,
    ),
    Verb(
        name="test.odd",
        params=Text,
        handle=lambda _: object(),
        help="Answer what cannot be sent.",
        who=EVERYBODY,
    ),
)


def config(folder: Path, **changes: Any) -> ControlConfig:
    return ControlConfig(socket=folder / "ringmain.sock", **changes)


@asynccontextmanager
async def serving(settings: ControlConfig) -> AsyncIterator[ControlServer]:
    server = ControlServer(settings, VERBS)
    await server.open()
    try:
        yield server
    finally:
        await server.close()


def entry(sequence: int, topic: str = "call.ended", **fields: object) -> JournalEntry:
    return JournalEntry(sequence, 1000.0 + sequence, topic, fields)


def test_verbs_are_answered_and_failures_told(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path, max_response_bytes=65_536)
        async with serving(settings), ControlClient.connect(settings.socket) as client:
            assert await client.call("test.echo", text="坐席 1001") == "坐席 1001"
            assert await client.call("switch.status") == {"calls": 0}
            assert await failure(client, "test.refuse", text="this") == (
                "refused",
                "this is not possible now",
            )
            assert (await failure(client, "test.big", text="x"))[0] == "too_large"
            assert (await failure(client, "test.odd", text="x"))[0] == "internal"
            assert (await failure(client, "test.echo"))[0] == "bad_params"
            assert (await failure(client, "test.ecco"))[0] == "unknown_verb"
            assert await client.call("test.echo", text="still here") == "still here"

    run(steps())


def test_a_verb_that_takes_its_time_holds_up_its_own_client_only(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        async with (
            serving(settings),
            ControlClient.connect(settings.socket) as patient,
            ControlClient.connect(settings.socket) as other,
        ):
            waiting = asyncio.create_task(patient.call("test.slow", text="never"))
            behind = asyncio.create_task(patient.call("test.echo", text="behind"))
            assert [await other.call("test.echo", text="x") for _ in range(3)] == ["x"] * 3
            assert not waiting.done()
            assert not behind.done()
            waiting.cancel()
            behind.cancel()

    run(steps())


def test_answers_keep_the_order_of_requests_also_when_some_take_their_time(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        async with serving(settings):
            reader, writer = await asyncio.open_unix_connection(settings.socket)
            for msgid in range(200):
                verb = "test.slow" if msgid % 3 == 0 else "test.echo"
                writer.write(encode_request(msgid, verb, {"text": str(msgid)}))
            messages = MessageReader(max_message_bytes=65_536, max_items=256)
            answered: list[int] = []
            while len(answered) < 200:
                messages.feed(await reader.read(65_536))
                while isinstance(message := messages.next(), Response):
                    answered.append(message.msgid)
            assert answered == list(range(200))
            writer.close()

    run(steps())


def test_failures_of_verbs_that_take_their_time_are_told_as_others(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        async with serving(settings), ControlClient.connect(settings.socket) as client:
            assert await client.call("test.slow", text="yes") == "yes, slowly"
            assert await failure(client, "test.slow", text="no") == ("refused", "not possible after all")
            assert (await failure(client, "test.slow", text="oops"))[0] == "internal"
            assert (await failure(client, "test.slow"))[0] == "bad_params"
            assert await client.call("test.echo", text="still here") == "still here"

    run(steps())


async def failure(client: ControlClient, verb: str, **params: Any) -> tuple[str, str]:
    with pytest.raises(VerbRefused) as caught:
        await client.call(verb, **params)
    return caught.value.code, str(caught.value)


def test_calls_that_overlap_get_their_own_answers(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        async with serving(settings), ControlClient.connect(settings.socket) as client:
            texts = [f"n{n}" for n in range(500)]
            answers = await asyncio.gather(*(client.call("test.echo", text=text) for text in texts))
            assert answers == texts

    run(steps())


def test_a_subscriber_gets_its_topics_and_no_others(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        async with (
            serving(settings) as server,
            ControlClient.connect(settings.socket) as client,
            client.subscription("call.*") as calls,
            client.subscription(AgentSignedIn.topic, "call.*") as others,
        ):
            server.observe(entry(1, CallerJoined.topic))
            server.observe(entry(2, call_id="c1", prompts=("a",)))
            server.observe(entry(3, AgentSignedIn.topic, agent="1001"))
            server.observe(entry(4))
            assert await anext(calls) == entry(2, call_id="c1", prompts=["a"])
            assert await anext(calls) == entry(4)
            assert [(await anext(others)).sequence for _ in range(3)] == [2, 3, 4]

    run(steps())


def test_a_subscription_that_ends_leaves_the_others_alone(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        async with (
            serving(settings) as server,
            ControlClient.connect(settings.socket) as client,
            client.subscription("call.*") as calls,
        ):
            async with client.subscription("call.*", "queue.*"):
                pass
            assert await client.call("event.unsubscribe", topics=["none.such"]) == {"topics": ["call.*"]}
            server.observe(entry(1, CallerJoined.topic))
            server.observe(entry(2))
            assert (await anext(calls)).sequence == 2

    run(steps())


def test_a_topic_that_is_none_is_refused(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        async with serving(settings), ControlClient.connect(settings.socket) as client:
            for topics in ([], ["call*"], ["*.ended"], [""], "call.*"):
                assert (await failure(client, "event.subscribe", topics=topics))[0] == "bad_params"

    run(steps())


@pytest.mark.parametrize(
    ("topic", "hint"),
    [
        ("foo.bar", "docs/events.md names all there are"),
        ("call", "did you mean call.*?"),
        ("agents.*", "did you mean agent.*?"),
        ("agent.signed_inn", "did you mean agent.signed_in?"),
        ("call.answered.*", f"did you mean {CallAnswered.topic}?"),
    ],
)
def test_a_topic_that_no_event_has_is_refused_with_the_nearest(
    run: Run, tmp_path: Path, topic: str, hint: str
) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        async with serving(settings), ControlClient.connect(settings.socket) as client:
            code, message = await failure(client, "event.subscribe", topics=["call.*", topic])
            assert code == "bad_params"
            assert f"topics.1 is no event's topic ({hint}); it is {topic!r}" in message
            answer = await client.call("event.subscribe", topics=[CallEnded.topic])
            assert answer["topics"] == [CallEnded.topic]

    run(steps())


def test_a_slow_subscriber_is_told_its_gap_and_nobody_waits_for_it(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path, write_buffer_bytes=4096, feed_buffer_events=10)
        async with serving(settings) as server, ControlClient.connect(settings.socket) as fast:
            reader, writer = await asyncio.open_unix_connection(str(settings.socket), limit=1024)
            await subscribe_raw(reader, writer)
            async with fast.subscription("*") as events:
                for sequence in range(1, 3001):
                    server.observe(entry(sequence, filler="x" * 500))
                    assert (await anext(events)).sequence == sequence
            await expect_everything_or_a_gap(reader, last=3000)
            server.observe(entry(3001))
            assert [n.params[0]["sequence"] for n in await notifications(reader, 1)] == [3001]
            writer.close()

    run(steps())


async def subscribe_raw(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(encode_request(1, "event.subscribe", {"topics": ["*"]}))
    answer = encode_result(1, {"topics": ["*"], "run": "", "sequence": 0})
    assert await reader.readexactly(len(answer)) == answer


async def notifications(reader: asyncio.StreamReader, atleast: int) -> list[Notification]:
    messages = MessageReader(max_message_bytes=100_000, max_items=100)
    found: list[Notification] = []
    while len(found) < atleast:
        messages.feed(await reader.read(65_536))
        while (message := messages.next()) is not None:
            assert isinstance(message, Notification)
            found.append(message)
    return found


async def expect_everything_or_a_gap(reader: asyncio.StreamReader, last: int) -> None:
    messages = MessageReader(max_message_bytes=100_000, max_items=100)
    expected, gaps = 1, 0
    while expected <= last:
        messages.feed(await reader.read(65_536))
        while (message := messages.next()) is not None:
            assert isinstance(message, Notification)
            param = message.params[0]
            if message.method == "event.gap":
                gaps += 1
                assert param["from"] == expected
                assert param["missed"] == param["to"] - param["from"] + 1
                expected = param["to"] + 1
            else:
                assert param["sequence"] == expected
                expected += 1
    assert gaps == 1


def test_a_client_that_reads_no_answers_is_not_read_from_until_it_does(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path, write_buffer_bytes=4096)
        answered = 0

        def echo(params: Text) -> object:
            nonlocal answered
            answered += 1
            return params.text

        server = ControlServer(
            settings, [Verb(name="test.echo", params=Text, handle=echo, help="Say it again.", who=EVERYBODY)]
        )
        await server.open()
        reader, writer = await asyncio.open_unix_connection(str(settings.socket), limit=1024)
        writer.write(encode_request(1, "test.echo", {"text": "x" * 1000}) * 5000)
        async with ControlClient.connect(settings.socket) as other:
            for n in range(300):
                assert await other.call("test.echo", text=str(n)) == str(n)
            assert answered < 5300
        answer = encode_result(1, "x" * 1000)
        for _ in range(5000):
            assert await reader.readexactly(len(answer)) == answer
        assert answered == 5300
        writer.close()
        await server.close()

    run(steps())


@pytest.mark.parametrize(
    ("junk", "code"),
    [(b"GET / HTTP/1.1\r\n\r\n", "malformed"), (b"\xc6\x00\x20\x00\x00" + b"x" * 600_000, "too_large")],
)
def test_a_client_that_speaks_something_else_is_told_and_dropped_alone(
    run: Run, tmp_path: Path, junk: bytes, code: str
) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        async with serving(settings), ControlClient.connect(settings.socket) as good:
            reader, writer = await asyncio.open_unix_connection(str(settings.socket))
            writer.write(junk)
            (notification,) = await notifications(reader, 1)
            assert (notification.method, notification.params[0]["code"]) == ("protocol.error", code)
            with suppress(ConnectionError):  # the system may say so when what we sent was not read
                assert await reader.read() == b""
            writer.close()
            assert await good.call("test.echo", text="unhurt") == "unhurt"

    run(steps())


def test_one_client_too_many_is_told_and_room_comes_back(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path, max_clients=1)
        async with serving(settings) as server:
            async with ControlClient.connect(settings.socket) as first:
                await first.call("switch.status")
                async with ControlClient.connect(settings.socket) as second:
                    with pytest.raises(NotConnected, match="1 clients are connected"):
                        await second.call("switch.status")
            await until_gone(server)
            async with ControlClient.connect(settings.socket) as third:
                assert await third.call("switch.status") == {"calls": 0}

    run(steps())


async def until_gone(server: ControlServer) -> None:
    turn = asyncio.get_running_loop()
    while server.clients:
        passed = turn.create_future()
        turn.call_soon(passed.set_result, None)
        await passed


def test_a_notification_is_carried_out_without_an_answer(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        async with serving(settings) as server:
            reader, writer = await asyncio.open_unix_connection(str(settings.socket))
            writer.write(b"\x93\x02\xafevent.subscribe\x91\x81\xa6topics\x91\xa1*")
            writer.write(b"\x93\x02\xa4none\x90" + encode_request(5, "switch.status", {}))
            answer = encode_result(5, {"calls": 0})
            assert await reader.readexactly(len(answer)) == answer
            server.observe(entry(1))
            assert [n.params[0]["sequence"] for n in await notifications(reader, 1)] == [1]
            writer.close()

    run(steps())


def test_the_end_of_the_switch_is_told_to_those_who_wait(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        server = ControlServer(settings, VERBS)
        await server.open()
        async with ControlClient.connect(settings.socket) as client, client.subscription("*") as events:
            server.observe(entry(1))
            await server.close()
            assert (await anext(events)).sequence == 1
            with pytest.raises(NotConnected, match="closed the connection"):
                await anext(events)
            with pytest.raises(NotConnected):
                await client.call("switch.status")

    run(steps())


def test_the_socket_has_its_permissions_and_goes_with_the_server(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path / "made" / "by_need", mode=0o600)
        async with serving(settings):
            assert stat.S_IMODE(settings.socket.stat().st_mode) == 0o600
            assert os.listdir(settings.socket.parent) == [settings.socket.name]
        assert not settings.socket.exists()

    run(steps())


def test_a_socket_left_by_a_crash_is_replaced(run: Run, tmp_path: Path) -> None:
    settings = config(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as crashed:
        crashed.bind(str(settings.socket))

    async def steps() -> None:
        async with serving(settings), ControlClient.connect(settings.socket) as client:
            assert await client.call("switch.status") == {"calls": 0}

    run(steps())


def test_the_socket_of_a_living_switch_is_left_alone(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        async with serving(settings):
            with pytest.raises(SocketUnusable, match="another switch listens"):
                await ControlServer(settings, VERBS).open()
            async with ControlClient.connect(settings.socket) as client:
                assert await client.call("switch.status") == {"calls": 0}

    run(steps())


def test_a_path_that_cannot_be_a_socket_is_told(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        (tmp_path / "ringmain.sock").write_text("not a socket")
        with pytest.raises(SocketUnusable, match="is not a socket"):
            await ControlServer(config(tmp_path), VERBS).open()
        with pytest.raises(SocketUnusable, match="cannot open the control socket"):
            await ControlServer(config(tmp_path / ("x" * 120)), VERBS).open()

    run(steps())


def test_no_switch_is_told_with_what_to_do(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        with pytest.raises(NotConnected, match=r"no switch listens at .*; start it with `ringmain serve`"):
            async with ControlClient.connect(tmp_path / "none.sock"):
                pass

    run(steps())


def test_the_blocking_client_calls_and_follows_events(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        async with serving(settings) as server:
            loop = asyncio.get_running_loop()

            def script() -> list[object]:
                with connect_sync(settings.socket) as client:
                    seen: list[object] = [client.call("test.echo", text="您好")]
                    events = client.events("call.*")
                    loop.call_soon_threadsafe(server.observe, entry(1))
                    seen.append(next(events))
                    with pytest.raises(VerbRefused, match="is not possible now"):
                        client.call("test.refuse", text="this")
                    return seen

            assert await asyncio.to_thread(script) == ["您好", entry(1)]

    run(steps())


def test_the_blocking_client_tells_silence_and_absence(tmp_path: Path) -> None:
    with pytest.raises(NotConnected, match="start it with `ringmain serve`"):
        connect_sync(tmp_path / "none.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as deaf:
        deaf.bind(str(tmp_path / "deaf.sock"))
        deaf.listen()
        with (
            connect_sync(tmp_path / "deaf.sock", answer_timeout_s=0.01) as client,
            pytest.raises(NotConnected, match=r"no answer to switch\.status"),
        ):
            client.call("switch.status")


def test_an_asyncio_client_tells_silence(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as deaf:
            deaf.bind(str(tmp_path / "deaf.sock"))
            deaf.listen()
            async with ControlClient.connect(tmp_path / "deaf.sock", answer_timeout_s=0.01) as client:
                with pytest.raises(NotConnected, match=r"no answer to switch\.status"):
                    await client.call("switch.status")

    run(steps())


def test_requests_reach_the_verbs_in_the_order_they_were_sent(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        seen: list[str] = []
        server = ControlServer(
            settings,
            [
                Verb(
                    name="test.note",
                    params=Text,
                    handle=lambda p: seen.append(p.text),
                    help="Note it.",
                    who=EVERYBODY,
                )
            ],
        )
        await server.open()
        reader, writer = await asyncio.open_unix_connection(str(settings.socket))
        texts = [f"{n:03}" for n in range(300)]  # several turns
        writer.write(b"".join(encode_request(n, "test.note", {"text": text}) for n, text in enumerate(texts)))
        writer.write(encode_request(9, "verb.list", {}))
        while b"verb.list" not in await reader.read(65_536):
            pass
        assert seen == texts
        writer.close()
        await server.close()

    run(steps())


def test_who_was_cut_off_gets_what_it_missed(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        async with serving(settings) as server:
            async with (
                ControlClient.connect(settings.socket) as client,
                client.subscription("call.*") as before,
            ):
                server.observe(entry(1))
                assert (await anext(before)).sequence == 1
            server.observe(entry(2))
            server.observe(entry(3, CallerJoined.topic))
            async with (
                ControlClient.connect(settings.socket) as client,
                client.subscription("call.*", after=1, run=before.run) as back,
            ):
                assert back.began_after == 3
                server.observe(entry(4))
                assert [(await anext(back)).sequence for _ in range(2)] == [2, 4]

    run(steps())


def test_who_comes_back_says_to_which_run(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        async with serving(settings) as server, ControlClient.connect(settings.socket) as client:
            assert (await failure(client, "event.subscribe", topics=["*"], after=1))[0] == "bad_params"
            async with client.subscription("*", after=7, run="another") as events:
                server.observe(entry(9))
                gap, present = [await anext(events) for _ in range(2)]
                assert (gap.topic, present.sequence) == ("event.gap", 9)

    run(steps())


def test_a_client_that_reads_nothing_is_dropped_alone_and_the_others_are_told(
    run: Run, tmp_path: Path
) -> None:
    async def steps() -> None:
        settings = config(tmp_path, write_buffer_bytes=4096, stalled_s=0.2)
        told: list[Event] = []
        server = ControlServer(settings, VERBS, Neighbours(report=told.append))
        await server.open()
        reader, writer = await asyncio.open_unix_connection(str(settings.socket), limit=1024)
        await subscribe_raw(reader, writer)
        async with ControlClient.connect(settings.socket) as fast, fast.subscription("*") as events:
            for sequence in range(1, 1001):
                server.observe(entry(sequence, filler="x" * 1000))
                assert (await anext(events)).sequence == sequence
            while server.clients == 2:
                assert await fast.call("test.echo", text="unhurt") == "unhurt"
            (dropped,) = told
            assert isinstance(dropped, ControlClientDropped)
            assert dropped.unread_bytes > 4096
        writer.close()
        await server.close()

    run(steps())


def test_a_snapshot_stands_where_its_events_go_on(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        picture = {
            "status": Part("switch.status"),
            "names": Part("test.names"),
            "echoes": Part("test.echo", of="names", parameter="text"),
            "secret": Part("test.secret"),
        }
        names = Verb("test.names", NoParams, lambda _: [{"name": "a"}, {"name": "b"}], "Names.", EVERYBODY)
        server = ControlServer(settings, [*VERBS, names], Neighbours(picture=picture, run="run-1"))
        await server.open()
        async with ControlClient.connect(settings.socket) as client:
            stream = await client.call("event.snapshot", topics=["call.*"])
            assert stream == {
                "topics": ["call.*"],
                "run": "run-1",
                "sequence": 0,
                "parts": {
                    "status": {"calls": 0},
                    "names": [{"name": "a"}, {"name": "b"}],
                    "echoes": {"a": "a", "b": "b"},
                },
                "left_out": ["secret"],
            }
        await server.close()

    run(steps())


def test_a_request_sent_again_on_another_connection_is_carried_out_once(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        done: list[str] = []

        def note(params: Text) -> int:
            done.append(params.text)
            return len(done)

        server = ControlServer(settings, [Verb("test.note", Text, note, "Note it.", EVERYBODY)])
        await server.open()
        for _ in range(2):
            async with ControlClient.connect(settings.socket) as client:
                assert await client.call("test.note", text="x", idempotency_key="k") == 1
        reused = {"text": "y", "idempotency_key": "k"}
        async with ControlClient.connect(settings.socket) as client:
            assert (await failure(client, "test.note", **reused))[0] == "key_reused"
        await server.close()

    run(steps())


def test_what_waits_behind_others_beyond_its_deadline_is_not_begun(run: Run, tmp_path: Path) -> None:
    async def steps() -> None:
        settings = config(tmp_path)
        async with serving(settings), ControlClient.connect(settings.socket) as client:
            slow = asyncio.create_task(client.call("test.slow", text="never", deadline_s=0.05))
            behind = asyncio.create_task(client.call("test.echo", text="behind", deadline_s=0.01))
            for waiting, begun in ((slow, True), (behind, False)):
                with pytest.raises(VerbRefused) as caught:
                    await waiting
                assert (caught.value.code, caught.value.data) == ("deadline_passed", {"begun": begun})
            assert await client.call("test.echo", text="x", deadline_s=5) == "x"

    run(steps())
