from typing import Any

import pytest

from switch.causes import Cause
from switch.sip.commands import AnswerLeg, DialStation, HangUpLeg, RingLeg, SetMailbox
from switch.sip.config import StationConfig
from switch.sip.hop import Hop
from switch.sip.messages.header_values import parse_name_addr
from switch.sip.messages.message import Message, Request
from tests.helpers.sip_messages import SDP, authorized, make_request, make_response
from tests.helpers.sip_rig import PASSWORD, STATION, SipRig, methods, statuses

WATCHER = STATION
LAMP = "1002"
WATCHED_PHONE = Hop("udp", "127.0.0.1", 6100)


class Lamps(SipRig):
    """A station whose phone watches another."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(stations=(STATION, LAMP), **settings)
        self.cseq = 0

    def subscribe(
        self, station: str = LAMP, *, event: str = "dialog", expires: int = 600, **headers: Any
    ) -> list[Message]:
        """SUBSCRIBE with the watcher's password; returns what is sent because of it."""
        self.cseq += 10
        request = make_request(
            "SUBSCRIBE",
            uri=f"sip:{station}@127.0.0.1",
            caller=f"<sip:{WATCHER}@127.0.0.1>;tag=watcher{self.cseq}",
            called=f"<sip:{station}@127.0.0.1>",
            sip_call_id=f"watch{self.cseq}",
            branch=f"z9hG4bKwatch{self.cseq}",
            cseq=self.cseq,
            event=event,
            expires=str(expires),
            **headers,
        )
        challenge = self.one_response(self.receive(request))
        assert challenge.status == 401
        return self.receive(authorized(request, challenge, user=WATCHER, password=PASSWORD))

    def watch(self, **wishes: Any) -> Request:
        """A subscription whose first NOTIFY was taken; returns that NOTIFY."""
        ok, notify = self.subscribe(**wishes)
        assert statuses([ok]) == [200]
        assert isinstance(notify, Request)
        assert self.take(notify) == []
        return notify

    def again(self, first: Request, expires: int, **headers: Any) -> list[Message]:
        """SUBSCRIBE inside the dialog of a subscription."""
        self.cseq += 1
        fields = first.headers
        return self.receive(
            make_request(
                "SUBSCRIBE",
                uri="sip:127.0.0.1",
                caller=fields.get("to") or "",
                called=fields.get("from") or "",
                sip_call_id=fields.get("call-id") or "",
                branch=f"z9hG4bKagain{self.cseq}",
                cseq=self.cseq + 5,
                expires=str(expires),
                **{"event": "dialog", **headers},
            )
        )

    def take(self, notify: Message, status: int = 200) -> list[Message]:
        """The watcher's answer to a NOTIFY; returns what is sent because of it."""
        assert isinstance(notify, Request)
        assert notify.method == "NOTIFY"
        return self.receive(make_response(notify, status))

    def call_as(self, station: str) -> Request:
        """A call of the station's phone, with its password; returns the INVITE that arrived."""
        invite = make_request(
            "INVITE", caller=f"<sip:{station}@127.0.0.1>;tag=caller", body=SDP, sip_call_id="own"
        )
        challenge = self.one_response(self.receive(invite))
        self.receive(make_request("ACK", caller=invite.headers.get("from") or "", sip_call_id="own", cseq=1))
        proof = authorized(invite, challenge, user=station, password=PASSWORD)
        self.receive(proof)
        return proof

    def reload(self, *stations: str) -> list[Message]:
        """Only these stations are configured from now on; returns what is sent because of it."""
        known = [StationConfig.model_validate({"name": name, "password": PASSWORD}) for name in stations]
        return self._collect(self.stack.configure(known, {}, {}, self.now))

    def stop(self) -> list[Message]:
        """The switch is about to stop; returns what is sent because of it."""
        return self._collect(self.stack.end_subscriptions(self.now))

    def ring(self) -> Request:
        """A call rings at the watched station; returns its INVITE."""
        self.register(WATCHED_PHONE, station=LAMP)
        return self.one_request(
            self.order(
                DialStation(leg_id="call", station=LAMP, caller_number="138", caller_name="<&>", sdp=SDP)
            )
        )


def state_of(notify: Message) -> str:
    return (notify.headers.get("subscription-state") or "").partition(";")[0]


def body(notify: Message) -> str:
    return notify.body.decode()


def test_the_first_notify_tells_the_whole_state() -> None:
    rig = Lamps()
    ok, notify = rig.subscribe(event="dialog;id=7")
    assert (statuses([ok]), ok.headers.get("expires")) == ([200], "600")
    assert isinstance(notify, Request)
    assert (notify.method, notify.headers.get("event")) == ("NOTIFY", "dialog;id=7")
    assert notify.headers.get("subscription-state") == "active;expires=600"
    assert notify.headers.get("content-type") == "application/dialog-info+xml"
    assert 'version="0" state="full" entity="sip:1002@127.0.0.1"' in body(notify)
    assert "<dialog " not in body(notify)


def test_a_lamp_follows_a_call() -> None:
    rig = Lamps(port=5070)
    rig.watch()
    invite = rig.ring()
    rig.pass_time(1)
    *_, rings = rig.receive(make_response(invite, 180))
    assert 'direction="recipient"><state>early</state>' in body(rings)
    assert 'local-tag="callee"' in body(rings)
    assert f'call-id="{invite.headers.get("call-id")}"' in body(rings)
    station, caller = f"sip:{LAMP}@127.0.0.1", "sip:138@127.0.0.1"
    assert f'<local><identity>{station}</identity><target uri="{station}:5070"/></local>' in body(rings)
    name = "&lt;&amp;&gt;"
    assert (
        f'<remote><identity display="{name}">{caller}</identity><target uri="{caller}:5070"/></remote>'
        in body(rings)
    )
    rig.take(rings)
    rig.pass_time(1)
    talks = rig.receive(make_response(invite, 200, body=SDP))[-1]
    assert "<state>confirmed</state>" in body(talks)
    rig.take(talks)
    rig.pass_time(1)
    idle = rig.order(HangUpLeg(leg_id="call", cause=Cause.NORMAL_CLEARING))[0]
    assert "<dialog " not in body(idle)
    assert 'version="3"' in body(idle)


def test_a_stations_own_call_lights_its_lamp() -> None:
    rig = Lamps()
    rig.watch()
    rig.pass_time(1)
    invite = rig.call_as(LAMP)
    arrived = rig.messages[-1]
    assert 'direction="initiator"><state>trying</state>' in body(arrived)
    rig.take(arrived)
    rig.pass_time(1)
    rings = rig.order(RingLeg(leg_id="leg-1"))[-1]
    assert 'direction="initiator"><state>early</state>' in body(rings)
    rig.take(rings)
    rig.pass_time(1)
    ok = rig.one_response(rig.order(AnswerLeg(leg_id="leg-1", sdp=SDP)))
    ack = make_request(
        "ACK",
        caller=invite.headers.get("from") or "",
        called=ok.headers.get("to") or "",
        sip_call_id="own",
        branch="z9hG4bKack",
        cseq=2,
    )
    (talks,) = rig.receive(ack)
    assert "<state>confirmed</state>" in body(talks)


@pytest.mark.parametrize("wanted", ["call-id={call}", 'call-id="{call}";to-tag=callee', "from-tag={tag}"])
def test_who_watches_one_dialog_of_a_station_is_told_of_no_other(wanted: str) -> None:
    rig = Lamps()
    invite = rig.ring()
    rig.receive(make_response(invite, 180))
    own = parse_name_addr(invite.headers.get("from") or "")
    event = wanted.format(call=invite.headers.get("call-id"), tag=own.tag)
    _, of_this = rig.subscribe(event=f"dialog;{event}")
    assert of_this.headers.get("event") == f"dialog;{event}"
    assert f'call-id="{invite.headers.get("call-id")}"' in body(of_this)
    other = event.replace("=", "=x", 1).replace('=x"', '="x')
    assert "<dialog " not in body(rig.subscribe(event=f"dialog;{other}")[1])


def test_a_call_under_way_is_told_to_who_subscribes_now() -> None:
    rig = Lamps()
    rig.receive(make_response(rig.ring(), 180))
    _, notify = rig.subscribe()
    assert "<state>early</state>" in body(notify)


def test_changes_that_come_fast_are_told_once_a_second_and_the_last_is_not_lost() -> None:
    rig = Lamps()
    rig.watch()
    invite = rig.ring()
    rig.receive(make_response(invite, 180))
    rig.receive(make_response(invite, 200, body=SDP))
    rig.order(HangUpLeg(leg_id="call", cause=Cause.NORMAL_CLEARING))
    told = [message for message in rig.messages[-4:] if methods([message]) == ["NOTIFY"]]
    assert told == []
    later = [message for message in rig.pass_time(1.2) if methods([message]) == ["NOTIFY"]]
    assert len(later) == 1
    assert "<dialog " not in body(later[0])


def test_a_notify_waits_for_the_answer_to_the_one_before() -> None:
    rig = Lamps()
    _, first = rig.subscribe()
    rig.pass_time(0.2)
    invite = rig.ring()
    assert methods(rig.receive(make_response(invite, 180))) == []
    rig.pass_time(1)
    (rings,) = rig.take(first)
    assert "<state>early</state>" in body(rings)


def test_a_fetch_gets_one_notify_and_no_more() -> None:
    rig = Lamps()
    ok, notify = rig.subscribe(expires=0)
    assert (ok.headers.get("expires"), notify.headers.get("subscription-state")) == (
        "0",
        "terminated;reason=timeout",
    )
    rig.take(notify)
    assert methods(rig.receive(make_response(rig.ring(), 180))) == []
    assert rig.stack.subscriptions == 0


def test_a_refresh_tells_the_whole_state_again_and_lasts_longer() -> None:
    rig = Lamps()
    first = rig.watch()
    rig.pass_time(500)
    ok, notify = rig.again(first, 300)
    assert (statuses([ok]), ok.headers.get("expires")) == ([200], "300")
    assert notify.headers.get("subscription-state") == "active;expires=300"
    rig.take(notify)
    assert rig.pass_time(299) == []
    (last,) = rig.pass_time(1)
    assert last.headers.get("subscription-state") == "terminated;reason=timeout"
    rig.take(last)
    assert rig.stack.subscriptions == 0
    assert statuses(rig.again(first, 300)) == [481]


def test_expires_0_unsubscribes() -> None:
    rig = Lamps()
    first = rig.watch()
    ok, last = rig.again(first, 0)
    assert (statuses([ok]), state_of(last)) == ([200], "terminated")
    rig.take(last)
    assert rig.stack.subscriptions == 0


@pytest.mark.parametrize(("left", "reason"), [(LAMP, "rejected"), (WATCHER, "noresource")])
def test_who_is_no_station_any_more_neither_watches_nor_is_watched(left: str, reason: str) -> None:
    rig = Lamps()
    first = rig.watch()
    assert rig.reload(LAMP, WATCHER) == []
    (last,) = rig.reload(left)
    assert last.headers.get("subscription-state") == f"terminated;reason={reason}"
    assert statuses(rig.again(first, 300)) == [481]
    rig.take(last)
    assert rig.stack.subscriptions == 0


def test_when_the_switch_stops_watchers_are_told_to_subscribe_anew() -> None:
    rig = Lamps()
    rig.watch()
    rig.subscribe(station=STATION, event="message-summary")
    rig.again(rig.watch(), 0)
    ended = rig.stop()
    assert [notify.headers.get("event") for notify in ended] == ["dialog", "message-summary"]
    states = {notify.headers.get("subscription-state") for notify in ended}
    assert states == {"terminated;reason=deactivated"}
    assert rig.stop() == []
    for notify in ended:
        rig.take(notify)
    rig.pass_time(40)
    assert rig.stack.subscriptions == 0


@pytest.mark.parametrize("status", [481, 408, 404])
def test_a_watcher_who_knows_nothing_of_it_is_not_told_more(status: int) -> None:
    rig = Lamps()
    _, notify = rig.subscribe()
    rig.take(notify, status)
    assert rig.stack.subscriptions == 0


def test_a_watcher_who_does_not_answer_is_given_up() -> None:
    rig = Lamps()
    rig.subscribe()
    rig.pass_time(40)
    assert rig.stack.subscriptions == 0


def test_a_watcher_in_trouble_is_told_the_next_change() -> None:
    rig = Lamps()
    _, notify = rig.subscribe()
    assert rig.take(notify, 500) == []
    rig.pass_time(1)
    assert methods(rig.receive(make_response(rig.ring(), 180))) == ["NOTIFY"]


@pytest.mark.parametrize(
    ("wishes", "status", "header"),
    [
        ({"event": "presence"}, 489, ("allow-events", "dialog, message-summary")),
        ({"station": "9999"}, 404, None),
        ({"expires": 5}, 423, ("min-expires", "60")),
        ({"accept": "application/pidf+xml"}, 406, None),
        ({"contact": []}, 400, None),
        ({"event": "message-summary"}, 404, None),
    ],
)
def test_a_subscription_that_cannot_be_had_is_refused(
    wishes: dict[str, Any], status: int, header: tuple[str, str] | None
) -> None:
    rig = Lamps()
    (answer,) = rig.subscribe(**wishes)
    assert statuses([answer]) == [status]
    assert header is None or answer.headers.get(header[0]) == header[1]
    assert rig.stack.subscriptions == 0


def test_strangers_watch_nobody() -> None:
    rig = Lamps()
    request = make_request("SUBSCRIBE", uri=f"sip:{LAMP}@switch", event="dialog")
    assert statuses(rig.receive(request)) == [403]


def test_a_refresh_for_another_package_or_out_of_order_is_refused() -> None:
    rig = Lamps()
    first = rig.watch()
    assert statuses(rig.again(first, 300, event="message-summary")) == [489]
    assert statuses(rig.again(first, 5)) == [423]
    rig.cseq -= 9
    assert statuses(rig.again(first, 300)) == [500]


def test_no_station_holds_more_subscriptions_than_it_may() -> None:
    rig = Lamps(subscriptions_per_station=2)
    rig.watch()
    first = rig.watch()
    (refused,) = rig.subscribe()
    assert (statuses([refused]), refused.headers.get("retry-after")) == ([503], "60")
    _, last = rig.again(first, 0)
    rig.take(last)
    rig.watch()


def test_a_mailbox_is_told_to_its_own_station() -> None:
    rig = Lamps()
    first = rig.watch(station=STATION, event="message-summary")
    assert body(first) == (
        "Messages-Waiting: no\r\nMessage-Account: sip:1001@127.0.0.1\r\nVoice-Message: 0/0 (0/0)\r\n"
    )
    rig.pass_time(1)
    (told,) = rig.order(SetMailbox(station=STATION, new=2, old=8))
    assert "Messages-Waiting: yes\r\n" in body(told)
    assert "Voice-Message: 2/8 (0/0)\r\n" in body(told)
    rig.take(told)
    rig.pass_time(1)
    assert rig.order(SetMailbox(station=STATION, new=2, old=8)) == []
    (empty,) = rig.order(SetMailbox(station=STATION, new=0, old=0))
    assert "Messages-Waiting: no\r\n" in body(empty)


def test_a_call_between_stations_nobody_watches_leaves_nothing_behind() -> None:
    rig = Lamps()
    invite = rig.ring()
    rig.receive(make_response(invite, 180))
    bye = rig.receive(make_response(invite, 200, body=SDP))
    rig.order(HangUpLeg(leg_id="call", cause=Cause.NORMAL_CLEARING))
    assert methods(bye) == ["ACK"]
    rig.receive(make_response(rig.one_request(rig.messages[-1:]), 200))
    rig.pass_time(40)
    assert rig.leftovers() == (0, 0, 0)
