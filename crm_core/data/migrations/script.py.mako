"""${message}: generated from the models, then read and mended by hand; imports nothing of the program.${" Long because it makes every table." if message == "first" else ""}"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "${up_revision}"
down_revision = ${'"' + down_revision + '"' if down_revision else None}
# Tables, indexes and triggers that change on purpose, and tables whose number of rows does; a difference elsewhere
# rolls the upgrade back.
changes = ${config.attributes["settings"].changes}
fills = ()

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
