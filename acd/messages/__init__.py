"""Texts between agents (信使): to desktops and phones, kept for those who are not signed in."""
