"""Recordings that are over go to the second tier."""
