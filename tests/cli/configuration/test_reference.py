"""The page about the configuration says what the models say."""

from cli.configuration.expectations import model_type
from cli.configuration.reference import PAGE, reference
from cli.configuration.sections import Configuration


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run python -m cli.configuration.reference"


def test_it_has_every_section() -> None:
    for name in Configuration.model_fields:
        assert f"[{name}]" in reference()


def test_every_meaning_is_a_sentence() -> None:
    for name, section in Configuration.model_fields.items():
        model = model_type(section.annotation)
        assert model is not None, name
        for key, info in model.model_fields.items():
            meaning = info.description or ""
            assert meaning[:1].isupper(), f"{name}.{key}"
            assert meaning.endswith("."), f"{name}.{key}"
