"""The configuration and what it names, flows and prompts: read, checked, explained."""
