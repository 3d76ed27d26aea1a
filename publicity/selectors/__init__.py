"""Reads that answer with frozen dataclasses."""
