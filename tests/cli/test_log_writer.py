import io
from threading import Event

from cli.log_writer import LogWriter


class StuckReader(io.StringIO):
    """A pipe nobody reads until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = Event()
        self.released = Event()

    def write(self, text: str) -> int:
        self.reached.set()
        self.released.wait(10)
        return super().write(text)


class GoneReader(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_lines_arrive_in_order_and_closing_passes_on_the_rest() -> None:
    target = io.StringIO()
    writer = LogWriter(target)
    for number in range(100):
        writer.write(f"{number}\n")
    writer.close()
    assert target.getvalue().split() == [str(number) for number in range(100)]


def test_a_reader_that_stands_still_holds_up_nobody_and_what_is_lost_is_told() -> None:
    target = StuckReader()
    writer = LogWriter(target, capacity_lines=2)
    writer.write("first\n")
    assert target.reached.wait(10)
    for text in ("second\n", "third\n", "lost\n", "lost\n"):
        writer.write(text)
    target.released.set()
    writer.close()
    assert target.getvalue() == "first\n(2 log lines were lost: nobody read them)\nsecond\nthird\n"


def test_a_reader_that_is_gone_does_no_harm() -> None:
    writer = LogWriter(GoneReader())
    writer.write("into the void\n")
    writer.write("and again\n")
    writer.close()
    assert writer.write("even after closing\n") == len("even after closing\n")
