"""The municipal credit platform: its wire format, its client, and a sandbox that behaves like it."""
