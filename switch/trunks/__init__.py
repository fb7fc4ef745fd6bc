"""Trunks: how the switch reaches and is reached by carriers, session border controllers and gateways."""
