"""Who is heard at all: limits a source, bans, scanners, and what is turned away when the switch is late."""
