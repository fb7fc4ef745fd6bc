"""Legs a peer opens and legs we open, until they are answered."""
