"""Settings of all tests: property tests try the same examples on every run."""

from hypothesis import settings

settings.register_profile("assay", derandomize=True, database=None)
settings.load_profile("assay")
