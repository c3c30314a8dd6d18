"""Reading: the workers as the server sees them: who has which, what is asked, what is answered."""
