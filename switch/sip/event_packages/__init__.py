"""What phones can subscribe to (RFC 6665): one module for each event package."""
