"""The profile of a long run: `make fuzz`."""

from hypothesis import settings

settings.register_profile("fuzz", max_examples=20_000, deadline=None)
