"""What is known: the master copy, and the code that builds, validates, explains and exports it."""
