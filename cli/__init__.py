"""The ``ringmain`` command, one file a noun; switchboard.py and house/ put the switch together."""
