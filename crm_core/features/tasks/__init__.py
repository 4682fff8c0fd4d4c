"""Tasks: what a person has to do."""
