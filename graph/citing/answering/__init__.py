"""A cited answer written, and the sources that it names."""
