"""Refusals: what a service answers when the rules say no. Each carries a sentence for the user."""


class Refusal(Exception):
    """A named no. Views show `user_message`; the name is for code and tests."""

    def __init__(self, user_message: str) -> None:
        super().__init__(user_message)
        self.user_message = user_message


class OutsideTransaction(RuntimeError):
    """A programming error: an audit or outbox row must be written together with its change."""
