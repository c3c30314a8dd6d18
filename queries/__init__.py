"""The catalogue: one competency question a file, and the code that reads them."""
