"""docs/records.md says what the tables say."""

from tests.switch.records.records_page import PAGE, TABLES, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.switch.records.records_page"


def test_every_table_and_column_has_a_meaning() -> None:
    columns = [column for table in TABLES for column in table.columns]
    assert [table.name for table in TABLES if not table.comment] == []
    assert [f"{column.table.name}.{column.name}" for column in columns if not column.comment] == []
