"""first: generated from the models, then read and mended by hand; imports nothing of the program. Long because it makes every table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "postcards_0001"
down_revision = None
# Tables, indexes and triggers that change on purpose, and tables whose number of rows does; a difference elsewhere
# rolls the upgrade back.
changes = ()
fills = ()

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table('postcards_card',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('sender_id', ID, nullable=True),
        sa.Column('order_id', ID, nullable=True),
        sa.Column('about', sa.String(length=80), nullable=True),
        sa.Column('about_id', ID, nullable=True),
        sa.Column('public_id', sa.String(length=32), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('created_at', AT, nullable=False),
        sa.Column('created_by_id', ID, nullable=True),
        sa.Column('updated_at', AT, nullable=False),
        sa.Column('updated_by_id', ID, nullable=True),
        sa.Column('deleted_at', AT, nullable=True),
        sa.Column('deleted_change_id', ID, nullable=True),
        sa.Column('merged_into_id', ID, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.ForeignKeyConstraint(['sender_id'], ['core_user.id'], name=op.f('fk_postcards_card_sender_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_postcards_card'))
    )
    with op.batch_alter_table('postcards_card') as batch:
        batch.create_index(batch.f('ix_postcards_card_sender_id'), ['sender_id'], unique=False)


def downgrade() -> None:
    op.drop_table('postcards_card')
