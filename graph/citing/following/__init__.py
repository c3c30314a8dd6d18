"""The solutions of a query followed to what each of them needs."""
