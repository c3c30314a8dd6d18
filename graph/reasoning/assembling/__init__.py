"""What some graphs hold together, and which of them it takes."""
