"""A queue bot: tells a flow, by its hook `queue.advice`, whether a caller had better wait or be called back.

    python docs/examples/queue_bot.py run/ringmain.sock

The flow asks with `type: hook, hook: queue.advice, data: { queue: "'service'" }` and goes by `answer.advice`,
which is `wait` or `callback`; `answer.minutes` is what it may tell the caller.
"""

import asyncio
import contextlib
import sys

from switch.control.client import ControlClient, VerbRefused

HOOK = "queue.advice"
LONG_WAIT_S = 180.0


async def advice(client: ControlClient, queue_name: str) -> dict[str, object]:
    """What a caller who came now would be told."""
    queues = {queue["name"]: queue for queue in await client.queue.list()}
    queue = queues.get(queue_name)
    if queue is None or not queue["open"]:
        return {"advice": "callback", "minutes": 0}
    expected = queue["estimated_wait"]
    wait_s = expected["likely_s"] if expected else queue["longest_wait_s"] * (queue["waiting"] > 0)
    hopeless = queue["eligible"] == 0 and wait_s > LONG_WAIT_S
    return {"advice": "callback" if hopeless else "wait", "minutes": round(wait_s / 60)}


async def serve(address: str) -> None:
    """Answer hooks until interrupted; a switch that is started anew is found again."""
    async with (
        ControlClient.connect(address, reconnect=True) as client,
        client.subscription("hook.asked") as asked,
    ):
        print("answering", HOOK, flush=True)
        async for event in asked:
            if event.topic != "hook.asked" or event.fields["hook"] != HOOK:
                continue
            told = await advice(client, event.fields["data"]["queue"])
            print(event.fields["call_id"], told, flush=True)
            try:
                await client.hook.answer(hook_id=event.fields["hook_id"], data=told)
            except VerbRefused as too_late:  # the flow has gone on without us
                print(too_late, file=sys.stderr)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(sys.argv[1] if len(sys.argv) > 1 else "run/ringmain.sock"))
