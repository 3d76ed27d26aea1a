"""What `./portal` does: set up a checkout, run the embedded servers, supervise the demo.

Nothing here imports Django, and nothing at import time needs an installed package: the code runs before
the dependencies are there. In production none of it is used but `./portal manage` and `./portal doctor`.
"""
