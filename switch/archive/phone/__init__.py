"""Listening to a recording by phone: the switch calls a station and plays it."""
