"""Wording: names, sources, statements and absences in words, as commands and pages show them.

::

    absence      an absence in words; group_reading: the parts of its group
    pattern      the patterns of a query in words; condition: a FILTER
    sentence     a triple or a rule as a sentence; phrase: the words of its property
    source       the fields of a source, its quotes and its reference; title: of a sentence
    mark         the numbers of sources beside an answer; source_reference: on a page
    statement    the record of a statement and its modality; spelling: a triple as people type it
    display_name the name of a thing in three languages; label: all labels of quads
    text         safe text, with dates in words; reference: its parts joined
"""
