"""Kinds that need more than one resource, and the functions that put them together: who reaches what, what is there as a whole.

The packages below are areas as those of `scanner/facts` are: `kinds`, and a module of readers for each input.
"""
