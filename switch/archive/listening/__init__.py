"""Recordings over HTTP, for whoever has a signed link that has not expired."""
