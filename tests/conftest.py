import os

from hypothesis import settings

settings.register_profile("shared", deadline=None, derandomize="CI" in os.environ)
"""No deadlines: other work on the machine is no failure. The same examples each time where nobody watches."""
settings.load_profile("shared")
