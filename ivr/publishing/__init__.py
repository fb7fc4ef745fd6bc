"""Versions of flows that were published, on disk."""
