"""One file for each family of headers with a meaning of its own."""
