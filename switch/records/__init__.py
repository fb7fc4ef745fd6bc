"""Journal, call detail records, database."""
