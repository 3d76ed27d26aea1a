"""Refusals: what a service answers when the rules say no. Each carries a sentence for the user."""


class Refusal(Exception):
    """A named no. Views show `user_message`; the name is for code and tests. `field`: the one answer that is at fault,
    when it is one, so that a form shows the sentence there."""

    def __init__(self, user_message: str, *, field: str = "") -> None:
        super().__init__(user_message)
        self.user_message = user_message
        self.field = field


class OutsideTransaction(RuntimeError):
    """A programming error: an audit or outbox row must be written together with its change."""
