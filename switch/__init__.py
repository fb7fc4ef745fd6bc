"""The exchange: SIP, legs, calls, control socket, records. Knows none of its applications by name."""
