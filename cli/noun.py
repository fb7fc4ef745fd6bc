"""A noun of the command line, such as ``agents``, with its verbs."""

import typer
from typer.core import TyperGroup

CARRIED_OUT = "ringmain.carried_out"
"""Key of what a context and all below it share: the command that the words lead to."""


def noun(text: str | None = None) -> typer.Typer:
    """A group of commands. The noun alone means the first command given to it, which lists or follows.

    ``text``: of a noun within a noun; what the others are is told in ``NOUNS``.
    """
    return typer.Typer(help=text, cls=_Noun)


class Group(TyperGroup):
    """Commands of which the one that is carried out is known above, too."""

    def resolve_command(self, ctx: typer.Context, args: list[str]):  # type: ignore[no-untyped-def, override]
        name, command, rest = super().resolve_command(ctx, args)
        ctx.meta[CARRIED_OUT] = command
        return name, command, rest


class _Noun(Group):
    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Put the first command before options that stand alone, except the question for help."""
        if ctx.resilient_parsing:  # the shell wants to complete it: any command may follow
            return super().parse_args(ctx, args)
        if not args or (args[0].startswith("-") and args[0] != "--help"):
            args = [next(iter(self.commands)), *args]
        return super().parse_args(ctx, args)
