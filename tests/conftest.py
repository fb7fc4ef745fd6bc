import os

from hypothesis import settings

settings.register_profile("shared", deadline=None, derandomize="CI" in os.environ)
"""No deadlines: other work on the machine is no failure. The same examples each time where nobody watches."""
settings.load_profile("shared")

os.environ.pop("COLUMNS", None)
"""How wide the terminal is that somebody looks at is no business of the tests."""
