"""``ringmain acd``: queues without the switch: how many agents they need, and how callers would fare."""

from cli import erlang, simulation, staffing
from cli.noun import noun

app = noun("The ACD 排队机 on paper: agents that a forecast needs, how callers would fare, Erlang's figures.")

app.command("staff")(staffing.staff)
app.command("simulate")(simulation.simulate)
app.command("erlang")(erlang.erlang)
