"""RFC 3261 and its extensions; knows nothing of calls, queues or flows."""
