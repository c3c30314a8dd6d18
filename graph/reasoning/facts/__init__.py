"""The facts of a dataset in numbers: read, closed graph by graph, and found again."""
