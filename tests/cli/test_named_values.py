"""Values with their names, as they are typed."""

import pytest

from cli.named_values import named_value
from runtime.errors import UsageError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("order_no=D-7", "D-7"),
        ("level=金", "金"),
        ("count=3", 3),
        ("share=0.5", 0.5),
        ("urgent=true", True),
        ('keys=["1", 2]', ["1", 2]),
        ("formula=a=b", "a=b"),
        ("order_no=007", "007"),
        ("most=9007199254740991", 2**53 - 1),
        ("order_no=9007199254740993", "9007199254740993"),
        ("order_no=202611220000000000012345", "202611220000000000012345"),
        ("orders=[202611220000000000012345]", ["202611220000000000012345"]),
        ("word=NaN", "NaN"),
    ],
)
def test_numbers_stay_what_was_typed(text: str, value: object) -> None:
    name, noted = named_value(text)
    assert name == text.partition("=")[0]
    assert noted == value
    assert type(noted) is type(value)


def test_a_value_without_a_name_is_told_with_an_example() -> None:
    with pytest.raises(UsageError, match="expected name=value, such as order_no=D-7"):
        named_value("=7")
