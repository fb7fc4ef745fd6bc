"""Passwords that commands are given, at a terminal or by another program."""

import sys

import typer


def read_password() -> str:
    """Asked for twice at a terminal; from a pipe or a file a line, which may be there twice, too.

    Ends the command (2) when standard input is anything else.
    """
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    try:
        lines = {*typer.get_binary_stream("stdin").read().decode("utf-8-sig").splitlines()}
    except UnicodeDecodeError:
        lines = set()
    if len(lines) != 1:
        raise typer.BadParameter("standard input is to be the password, on one line and in UTF-8")
    return lines.pop()
