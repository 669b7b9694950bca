"""Damages every case of the controls, and disguises those that fail: nothing may crash, hang, or get away.

    python -m tests.hostile.fuzzing --inputs 2000 --seed 1

Each input is a case of fixtures/controls, changed by one to three random steps, and judged by the control of that case in a worker under
limits. Damage (damage.py) is whatever a broken or hostile tool could write: the run must end in time, without an exception, and without the
loss of a worker. A disguise (disguises.py) is what the tool that deploys the input reads as the same, or refuses: what failed must fail
still, or the run must say that it is incomplete. An input that does otherwise is kept in build/fuzzing, with the steps that made it.
"""
