"""Automatic call distribution: agents, queues, offers."""
