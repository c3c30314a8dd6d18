"""A query extended, so that its answer tells what each row needs."""
