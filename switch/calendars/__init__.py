"""When somebody is there: opening hours, exceptions and holidays, shared by flows and queues."""
