"""What programs let be heard in a call, and what they hear of its keys."""
