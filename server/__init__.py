"""Who asks: HTTP and the command line; no RDF logic of its own."""
