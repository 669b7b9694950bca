"""Evidence: a run as a folder that can be checked, judged again and sampled later, by people who were not there (docs/evidence.md)."""
