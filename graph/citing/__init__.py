"""Where the rows of an answer come from: a query extended, and each row followed to its graphs.

From the top; each imports only those below it (docs/provenance.md tells how they work together)::

    citation     an answer cited, row by row
    form         what each form of a query answers: SELECT, ASK, CONSTRUCT, DESCRIBE
    answering    a cited answer written, with the sources that it names
    trial        a row asked for where only some graphs are kept
    following    solutions followed to the triples, paths and members that each needs
    extending    a query changed so that its solutions tell what they need
    weighing     what is needed turned into proofs
"""
