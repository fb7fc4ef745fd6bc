"""What can be asked of the switch and what it tells: every verb, event and error, as JSON Schema."""
