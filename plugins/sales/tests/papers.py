"""What tests of quotes and contracts do again and again: an act of somebody, and a record as it stands."""

from crm_core.sdk import session


def run(house, who, name, row, of, **given):
    """Somebody does an act on a record."""
    with who.work():
        house.resource(of).run(name, [row], given)


def facts(house, row, model):
    """A record as it stands in the database, whoever sees it."""
    with house.system():
        found = session.get(model, row)
        session.expunge(found)
        return found
