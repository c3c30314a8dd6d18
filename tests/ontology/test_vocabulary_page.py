"""The page of the vocabulary."""

from ontology.vocabulary_page import PAGE, write_page


def test_the_page_is_the_one_that_the_ontology_gives() -> None:
    assert PAGE.read_text("utf-8") == write_page(), "run make docs"
