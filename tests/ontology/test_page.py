"""The page of the vocabulary."""

from ontology.page import PAGE, page


def test_the_page_is_the_one_that_the_ontology_gives() -> None:
    assert PAGE.read_text("utf-8") == page(), "run make docs"
