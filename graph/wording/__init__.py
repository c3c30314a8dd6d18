"""Wording: names, sources, statements and absences in words, as commands and pages show them."""
