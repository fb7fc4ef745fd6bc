"""``ringmain acd``: queues without the switch: agents they need, how callers would fare, past decisions."""

from cli import erlang, replaying, simulation, staffing
from cli.noun import noun

app = noun()

app.command("staff")(staffing.staff)
app.command("simulate")(simulation.simulate)
app.command("replay")(replaying.replay)
app.command("erlang")(erlang.erlang)
