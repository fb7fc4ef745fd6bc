"""Endpoints, prompts and recordings; Python's face of the Rust core that carries every packet."""
