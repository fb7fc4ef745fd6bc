"""The archive: what becomes of a recording once its file is begun."""
