"""Chinese words for actions. Apps add theirs when they are loaded."""

ACTIONS: dict[str, str] = {}


def register(actions: dict[str, str]) -> None:
    ACTIONS.update(actions)


def words_for(action: str) -> str:
    return ACTIONS.get(action, action)
