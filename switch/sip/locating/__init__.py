"""Finding SIP servers by name (RFC 3263): NAPTR, SRV and address records, kept ahead of the calls."""
