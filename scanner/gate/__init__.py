"""What a run means for a team: findings that somebody accepts for a time, and those that were there before.

It reads results and changes their verdict (`waived`) or their standing (`known`, `new`), and nothing else: what was found stays in every
report, with who accepted it, where, and until when.
"""
