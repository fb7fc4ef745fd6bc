"""What was said on the wire: shown while it happens, and kept as pcap files."""
