"""``ringmain top``: calls, queues and agents of a running switch on one screen."""
