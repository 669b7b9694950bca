"""Objects in buckets: inputs are fetched from there, and shards are kept there."""
