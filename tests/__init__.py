"""A package of its own name, so that no package called `tests` of somebody else is found first."""
