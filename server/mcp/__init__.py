"""The tools of a language model (Model Context Protocol) over the HTTP API of an endpoint.

    http_api      one request to the endpoint, with its bounds
    fact          rows and triples with their evidence, as JSON
    claim         triples and rows that a model wants to say, and the verdict on each
    graph_tools   the tools and their descriptions

It needs the extra `[mcp]` (docs/decisions/0045-tools-are-clients-of-the-endpoint.md).
"""
