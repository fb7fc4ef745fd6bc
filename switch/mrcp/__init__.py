"""A client of speech servers by MRCPv2 (RFC 6787): synthesis and recognition beside a live call."""
