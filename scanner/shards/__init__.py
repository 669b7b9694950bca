"""A run cut into parts that know nothing of each other, and put together again (docs/scale.md).

plan.py      what the run is over and by which rules it is judged: what all shards must have in common
numbers.py   which shard a process judges: `--shard 3/8`, or what a batch system says
lines.py     what was judged, as lines
store.py     where shards are kept: a folder; remote.py: a bucket
writing.py   one shard
merging.py   all of them as one run
"""
