"""The parts of one switch, each wired up by itself; ``cli/switchboard.py`` puts them together."""
