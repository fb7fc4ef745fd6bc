"""What the ACD was told, kept beside the journal, and told again: the same code decides the same."""
