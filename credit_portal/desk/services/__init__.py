"""What a person does with the things of the desk. None of it is evidence, so nothing is audited."""
