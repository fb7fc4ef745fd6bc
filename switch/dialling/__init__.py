"""The application for targets that are a phone: ``station:<name>`` and ``number:<digits>``."""
