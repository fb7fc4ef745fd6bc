"""The ``ringmain`` command, one file a noun; serve.py is the composition root."""
