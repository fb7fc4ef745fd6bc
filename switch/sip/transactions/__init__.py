"""RFC 3261 §17: which transaction a message belongs to, its states and timers."""
