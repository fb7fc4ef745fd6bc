"""``ringmain acd``: queues without the switch: agents they need, how callers would fare, past decisions."""

from cli import erlang, replaying, simulation, staffing
from cli.noun import noun

app = noun("The ACD 排队机 on paper: agents that a forecast needs, how callers would fare, past decisions.")

app.command("staff")(staffing.staff)
app.command("simulate")(simulation.simulate)
app.command("replay")(replaying.replay)
app.command("erlang")(erlang.erlang)
