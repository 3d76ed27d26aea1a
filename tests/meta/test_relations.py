"""A model points down or sideways within its app, never up: import-linter does not see keys by name."""

from django.apps import apps

FLOORS = {
    "contenttypes": -2,
    **dict.fromkeys(("auth", "sessions"), -1),
    "audit": 0,
    "regulations": 1,
    "accounts": 2,
    **dict.fromkeys(
        ("account", "mfa", "socialaccount", "guardian"), 2.5
    ),  # libraries that point at our user
    "web": 3,
    **dict.fromkeys(("documents", "outbox", "jobs", "notices", "desk"), 4),
    "records": 5,
    "publicity": 6,
    **dict.fromkeys(("commitments", "selfdiscipline", "grading"), 7),
    **dict.fromkeys(("sanctions", "incentives"), 8),
    "repair": 9,
    "watch": 9.5,
    **dict.fromkeys(("portals", "reports", "api", "oversight"), 10),
}


def test_every_app_with_models_has_a_floor():
    homeless = {model._meta.app_label for model in apps.get_models()} - FLOORS.keys()

    assert not homeless


def test_relations_point_down():
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        here = model._meta.app_label
        for field in (*model._meta.fields, *model._meta.many_to_many):
            there = field.related_model and field.related_model._meta.app_label
            if there and there != here and FLOORS[there] >= FLOORS[here]:
                wrong.append(f"{model._meta.label}.{field.name} points at {there}")

    assert not wrong
