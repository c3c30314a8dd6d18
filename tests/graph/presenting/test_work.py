"""The works behind sources, read from articles that lack this and that."""

from dataclasses import replace

import pytest
from pyoxigraph import RdfFormat, Store

from graph.answering.evaluation import evaluate
from graph.presenting.work import Author, Work, query_works, read_works
from ontology.namespace import HEAD, ID

AGENTS = """
{
    id:Ayesha_Saba a cpec:Person ; rdfs:label "عائشہ صبا"@ur , "Ayesha Saba"@en .
    id:Li_Wei a cpec:Person ; rdfs:label "李伟"@zh .
    id:Xinhua a cpec:Organization ; rdfs:label "Xinhua News Agency"@en , "新华社"@zh .
    id:Markup a cpec:Organization ; rdfs:label "<b>Dawn</b> & \\"Sons\\""@en .
}
"""


def read_article(description: str) -> Work | None:
    """Return the work of an article that a graph describes."""
    store = Store()
    text = f"{HEAD}{AGENTS}GRAPH graph:evidence {{ id:article {description} . }}"
    store.load(text.encode(), RdfFormat.TRIG)
    return read_works(evaluate(store, query_works([f"{ID}article"]))).get(f"{ID}article")


@pytest.mark.parametrize(
    ("description", "work"),
    [
        ('dcterms:title "Deal"@en', Work(f"{ID}article", "Deal")),
        (
            'dcterms:title "Deal"@en ; dcterms:date "2026-04-29" ; schema:inLanguage "en"',
            Work(f"{ID}article", "Deal", "en", date=(2026, 4, 29)),
        ),
        (
            'dcterms:title "Deal" ; dcterms:date "2026-04"^^xsd:gYearMonth',
            Work(f"{ID}article", "Deal", date=(2026, 4)),
        ),
        ('dcterms:title "Deal" ; dcterms:date "TODO"', Work(f"{ID}article", "Deal")),
        ('dcterms:title "Deal" ; dcterms:source <urn:isbn:1>', Work(f"{ID}article", "Deal")),
        (
            'dcterms:title "协议"@zh , "Deal"@en ; schema:inLanguage "zh"',
            Work(f"{ID}article", "协议", "zh", "Deal"),
        ),
        (
            'dcterms:title "معاہدہ"@ur , "协议"@zh , "Deal"@en ; schema:inLanguage "ur" , "zh"',
            Work(f"{ID}article", "معاہدہ", "", "Deal"),
        ),
        (
            'dcterms:title "Deal On May 1"@en ; dcterms:alternative "Deal on May 1"@en , "D"@en',
            Work(f"{ID}article", "Deal on May 1"),
        ),
        (
            'dcterms:title "Deal" ; dcterms:publisher id:Markup ; dcterms:source <https://d.pk/1>',
            Work(
                f"{ID}article", "Deal", publisher='<b>Dawn</b> & "Sons"', address="https://d.pk/1"
            ),
        ),
    ],
)
def test_an_article_is_described_as_far_as_it_is_known(description: str, work: Work) -> None:
    read = read_article(description)
    assert read is not None
    assert replace(read, authors=()) == work
    assert not read.authors


def test_authors_have_their_names_in_english_and_people_a_family() -> None:
    read = read_article(
        'dcterms:title "Deal" ; dcterms:creator id:Ayesha_Saba , id:Li_Wei , id:Xinhua , "A desk" ,'
        " id:Nobody_Known"
    )
    assert read is not None
    assert set(read.authors) == {
        Author("Saba", "Ayesha"),
        Author("李伟"),
        Author("Xinhua News Agency", is_person=False),
        Author("A desk", is_person=False),
        Author("Nobody Known", is_person=False),
    }


def test_a_title_of_400_characters_is_whole() -> None:
    title = f"{'word ' * 79}final"
    read = read_article(f'dcterms:title "{title}"@en')
    assert read is not None
    assert read.title == title


def test_a_title_is_not_invented() -> None:
    assert read_article("dcterms:publisher id:Xinhua") == Work(
        f"{ID}article", "", publisher="Xinhua News Agency", authors=[]
    )
    assert read_article('rdfs:label "Deal"') is None
