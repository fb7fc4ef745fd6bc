"""Who may steer the switch: tokens, agents' passwords, roles, and what is kept of it."""
