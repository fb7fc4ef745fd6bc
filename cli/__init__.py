"""The ``ringmain`` command, one file a noun; switchboard.py is the composition root."""
