"""Flow documents and their interpreter."""
