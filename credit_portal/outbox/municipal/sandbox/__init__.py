"""A stand-in for the municipal platform, a process of its own with nothing but the standard library.

It checks signatures, validates, dedupes, remembers over restarts, and on demand fails in all the ways in
which the platform has been seen to fail.
"""
