"""Supervisors who listen to calls: their phones are rung, and they stay for a call or with an agent."""
