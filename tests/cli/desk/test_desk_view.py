"""What the desk shows, line by line."""

import pytest

from cli.desk.seen import Seen
from cli.desk.view import head
from cli.desk.words import Language, Words
from cli.top.view import Picture


@pytest.mark.parametrize(
    ("language", "asking", "unknown"),
    [
        ("en", "1001: asking the switch …", "there is no agent 1001 here for you"),
        ("zh", "1001：正在连接交换机…", "没有工号 1001，或无权查看"),
    ],
)
def test_nobody_is_called_unknown_before_the_switch_has_said_so(
    language: Language, asking: str, unknown: str
) -> None:
    words = Words(language)
    assert head(Seen("1001"), words, 0.0)[0] == asking
    nobody = Seen("1001").with_picture(Picture(0.0, {}))
    assert head(nobody, words, 0.0)[0] == unknown
