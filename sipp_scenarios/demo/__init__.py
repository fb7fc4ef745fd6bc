"""``make demo``: one real call from a caller to an agent, and the proof that it was recorded as it was."""
