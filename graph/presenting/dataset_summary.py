"""The summary of a dataset, as its description states it: its size, and the files of its dumps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graph.answering.evaluation import Answer, Query, own_query
from graph.publishing.resource import read_rows
from graph.wording.display_name import read_text
from ontology.namespace import BASE

SUMMARY: Final = f"""
SELECT ?description ?triples ?classes ?properties WHERE {{
  GRAPH graph:dataset {{
    <{BASE}dataset> dcterms:description ?description ; void:triples ?triples ;
      void:classes ?classes ; void:properties ?properties .
  }}
}} LIMIT 1
"""
FILES: Final = """
SELECT ?file ?title ?type ?size ?checksum WHERE {
  GRAPH graph:dataset {
    ?file a dcat:Distribution ; dcterms:title ?title ; dcat:mediaType ?type ; dcat:byteSize ?size ;
      spdx:checksum/spdx:checksumValue ?checksum .
  }
} ORDER BY ?title ?file
"""


@dataclass(frozen=True, slots=True)
class DumpFile:
    """A file of a dump: its name, media type, size in bytes, and SHA-256."""

    name: str
    type: str
    size: int
    checksum: str


def query_summary() -> Query:
    """Return the query for the description of the dataset."""
    return own_query(SUMMARY)


def read_summary(answer: Answer) -> list[str]:
    """Return description, triples, classes and properties; [] for a graph without description."""
    rows = read_rows(answer)
    return list(map(read_text, rows[0])) if rows else []


def query_files() -> Query:
    """Return the query for the files of the dumps."""
    return own_query(FILES)


def read_files(answer: Answer) -> dict[str, list[DumpFile]]:
    """Return the files of the dumps by title."""
    files: dict[str, list[DumpFile]] = {}
    for row in read_rows(answer):
        file, title, media_type, size, checksum = map(read_text, row)
        name, media_type = file.rpartition("/")[2], media_type.partition("/media-types/")[2]
        files.setdefault(title, []).append(DumpFile(name, media_type, int(size), checksum))
    return files
