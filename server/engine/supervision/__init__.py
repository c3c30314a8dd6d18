"""The supervisor: the process that has the zygote and the writer, for all fronts of a server."""
