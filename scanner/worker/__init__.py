"""Reading and judging in processes of their own, so that an input costs only itself.

The parent discovers, configures and reports, and parses nothing of what it scans. A worker is forked from it when rules are loaded and
before anything is read. It reads and judges one collection after the other (child.py) under limits of memory and time (limits.py), says
where it is in memory that both share (board.py), and gives what it judged as a stream (wire.py). A worker that is lost costs the part of
the input that it was at: the parent (parent.py) starts another, which goes on behind that.
"""
