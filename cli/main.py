"""The way into the ``ringmain`` command. Ctrl-C ends it without a trace, also while it loads."""

import sys

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it: 128 and the number of SIGINT."""


def main() -> None:
    """Carry out the command line; ends the process."""
    try:
        from cli.commands import app  # loading takes long enough to be interrupted

        app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
