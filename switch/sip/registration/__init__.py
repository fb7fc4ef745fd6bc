"""Who is registered where (RFC 3261 §10)."""
