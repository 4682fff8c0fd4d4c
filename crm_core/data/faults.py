"""What is wrong with a database or its upgrade, in sentences that the layer above translates (`kernel.i18n.told`)."""


class Fault(RuntimeError):
    """A sentence marked with `N_` and the values to put into it; as a string, in logs and tests, it is English."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence % values)
        self.sentence, self.values = sentence, values


class NewerSchema(Fault):
    """The database has a revision that this version of the program does not know."""


class UpgradeRefused(Fault):
    """The upgrade was not made, or was rolled back; the database is as before. The message says why."""


class CopyFailed(Fault):
    """A database could not be copied; no half copy is left."""


class Unsound(Fault):
    """A database is damaged."""
