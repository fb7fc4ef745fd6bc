"""``ringmain desk``: an agent's work without any business system, by the keys of a terminal."""
