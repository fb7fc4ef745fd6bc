"""Retention: how long recordings are kept, and how they are deleted."""
