"""A 12345 hotline's screen-pop: when an agent answers, a work order (工单) is opened in the business system.

    python docs/examples/screen_pop_12345.py run/ringmain.sock http://127.0.0.1:8096

The order has the caller, the agent and the recording; the caller's rating (满意度) is added when it comes. A
customer who is passed on keeps the order, since it belongs to the contact. What the business system does not
take within 20 seconds is told on standard error, with all that is needed to enter it by hand.
"""

import asyncio
import contextlib
import json
import sys
import time
import urllib.error
import urllib.request
from typing import Any

from switch.control.client import ControlClient, VerbRefused

WITHIN_S = 20.0
"""So soon the order must be there."""
AGAIN_S = 2.0


class Orders:
    """The business system, spoken to over HTTP."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._ids: dict[str, str] = {}
        """By contact."""

    async def open(self, order: dict[str, Any]) -> None:
        """Open the contact's order, or take the one it has; tries again until time is over."""
        until = time.monotonic() + WITHIN_S
        while True:
            try:
                opened = await asyncio.to_thread(self._send, "POST", "/orders", order, until)
            except (urllib.error.URLError, TimeoutError) as error:
                if time.monotonic() + AGAIN_S > until:
                    print(f"no order for {order}: {error}", file=sys.stderr, flush=True)
                    return
                await asyncio.sleep(AGAIN_S)
            else:
                self._ids[order["contact_id"]] = opened["id"]
                print(f"order {opened['id']} for {order['caller']} at agent {order['agent']}", flush=True)
                return

    async def add(self, contact_id: str, more: dict[str, Any]) -> None:
        """Add to a contact's order, if it has one."""
        order_id = self._ids.get(contact_id)
        if order_id is not None:
            path, until = f"/orders/{order_id}", time.monotonic() + WITHIN_S
            await asyncio.to_thread(self._send, "PATCH", path, more, until)
            print(f"order {order_id}: {more}", flush=True)

    def _send(self, method: str, path: str, value: dict[str, Any], until: float) -> dict[str, Any]:
        body = json.dumps(value, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        request = urllib.request.Request(self._address + path, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=max(0.1, until - time.monotonic())) as answer:
            taken: dict[str, Any] = json.load(answer)
            return taken


async def order_of(client: ControlClient, call_id: str, station: str) -> dict[str, Any]:
    """What is known of a call that an agent has just answered. Raises VerbRefused when it is over already."""
    call = await client.call.show(call_id=call_id)
    agents = [agent["id"] for agent in await client.agent.list() if agent["station"] == station]
    return {
        "contact_id": call["contact_id"],
        "caller": call["caller_number"],
        "area": call["area"],
        "called": call["called_number"],
        "agent": agents[0] if agents else None,
        "recording_id": call["recording_id"],
        "rating": None,
    }


async def serve(address: str, business: str) -> None:
    """Follow calls until interrupted."""
    orders = Orders(business)
    async with (
        ControlClient.connect(address, reconnect=True) as client,
        client.subscription("call.connected", "flow.survey_answered", "recording.completed") as events,
    ):
        print("opening work orders at", business, flush=True)
        async for event in events:
            fields = event.fields
            try:
                if event.topic == "call.connected":
                    await orders.open(await order_of(client, fields["call_id"], fields["station"]))
                elif event.topic == "flow.survey_answered":
                    await orders.add(fields["contact_id"], {"rating": fields["answer"]})
                elif event.topic == "recording.completed":
                    linked = {"recording_id": fields["recording_id"], "talk_ms": fields["duration_ms"]}
                    await orders.add(fields["contact_id"], linked)
            except (VerbRefused, urllib.error.URLError) as problem:
                print(f"{event.topic} of {fields['call_id']}: {problem}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(*(sys.argv[1:3] or ["run/ringmain.sock", "http://127.0.0.1:8096"])))
