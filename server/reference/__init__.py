"""References: the works behind a cited answer, row or statement, in the formats of their readers.

A reference is one record in CSL-JSON. The other formats, the tags of pages and the text in three
styles are written from it.
"""
