"""Where the rows of an answer come from: a query extended, and each row followed to its graphs."""
