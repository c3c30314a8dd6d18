"""Emptiness: why a query has no row, as a core of its parts and the causes that are recognised.

A query without solutions is taken apart, a core found, and its cause put into words::

    explanation  the causes of an empty answer, by look-ups alone or with a core
    recognition  the cause of a core: a mistake of the query, or a statement that no source makes
    nearness     unknown names, the names and texts that were meant
    fit          the classes at the ends of a property, and the weaker properties beside it
    core         parts of a query that alone have no solution, minimal by inclusion
    match        the parts that match terms: their patterns, IRIs, filters and texts
    query_part   the parts of a query, each with the variables that it binds and needs
    cause        causes in words, as JSON
"""
