"""The page of the vocabulary, `docs/vocabulary.md`, which `make docs` writes from the ontology."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ontology.glossary import Entry, Fact, Glossary
from ontology.release import ONTOLOGY
from ontology.terms import CPEC
from ontology.vocabulary import ONTOLOGY_FOLDER

PAGE: Final = ONTOLOGY_FOLDER.parent / "docs" / "vocabulary.md"

HEAD: Final = """# The vocabulary

Written by `make docs` from `ontology/cpec.ttl` and `ontology/alignments.ttl`; do not edit.
Namespace: `cpec:` = `{namespace}`. Version {version}, issued {issued}; its version IRI is
`{iri}/{version}`. {classes} classes, {properties} properties. The Urdu and
Chinese labels of the vocabulary are drafts. A retired term stays in `/ontology`, with the term to
write in its place ([why](decisions/0026-a-store-has-a-vocabulary.md)).
"""


def write_page() -> str:
    """Return the text of the page, in Markdown."""
    glossary = Glossary.read_packaged()
    head = HEAD.format(
        namespace=CPEC,
        iri=ONTOLOGY,
        version=glossary.version,
        issued=glossary.issued,
        classes=len(glossary.classes),
        properties=len(glossary.properties),
    )
    return "\n".join([
        head,
        "## Modalities, strongest first\n",
        *(f"- **{entry.name}**: {entry.comment}" for entry in glossary.modalities),
        "\n## Modalities of statements that are not asserted\n",
        *(f"- **{entry.name}**: {entry.comment}" for entry in glossary.unasserted),
        "\n## Classes\n",
        *map(write_class, glossary.classes),
        "\n## Properties",
        *(line for entry in glossary.properties for line in write_property(entry)),
        "\n## Retired terms",
        *(line for entry in glossary.retired for line in write_property(entry)),
        "",
    ])  # fmt: skip


def write_class(entry: Entry) -> str:
    """Return the list item of a class, indented by its depth."""
    also = "".join(f" {fact_text(fact)}." for fact in entry.facts)
    return f"{'  ' * entry.depth}- **{entry.name}** ({join_labels(entry)}): {entry.comment}{also}"


def write_property(entry: Entry) -> Iterator[str]:
    """Yield the lines of the section of a property."""
    yield f"\n### {entry.name}\n"
    yield f"{join_labels(entry)}. {entry.comment}\n"
    yield from (f"- {fact_text(fact)}" for fact in entry.facts)


def join_labels(entry: Entry) -> str:
    """Return the labels of a term, the English first."""
    return " · ".join(label for _, label in entry.labels)


def fact_text(fact: Fact) -> str:
    """Return a fact as plain text."""
    return "".join(word.text for word in fact)


if __name__ == "__main__":
    PAGE.write_text(write_page(), "utf-8")
