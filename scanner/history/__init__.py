"""What runs found over time, in a database: what is new, how old it is, what was fixed, and how long that took (docs/nightly.md)."""
