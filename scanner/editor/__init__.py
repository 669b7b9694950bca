"""Findings in an editor, while code is written: a language server.

Two processes. The server (protocol.py, session.py) talks to the editor, holds the text that is not saved, and parses nothing of it. What it
asks is judged by another process (judging.py) that stays, with rules, readers and parsed files warm, under the limits of a scan; where that
is lost (process.py), the next one leaves out what it was lost over. Nothing but protocol.py knows the library that speaks the protocol.
"""
