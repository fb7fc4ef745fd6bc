"""Dialogues that test flows: what they may say, how they are played, and what of a flow they reach."""
