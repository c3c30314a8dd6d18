"""The effects of writes on the graph, what they infer and retire, and the files of its store."""
