"""first: generated from the models, then read and mended by hand; imports nothing of the program. Long because it makes every table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "core_0001"
down_revision = None
# Tables, indexes and triggers that change on purpose, and tables whose number of rows does; a difference elsewhere
# rolls the upgrade back.
changes = ()
fills = ()

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table('core_access',
        sa.Column('at', AT, nullable=False),
        sa.Column('actor_id', ID, nullable=True),
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('row_id', ID, nullable=False),
        sa.Column('what', sa.String(length=20), nullable=False),
        sa.Column('how', sa.String(length=10), nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_access'))
    )
    op.create_table('core_approval',
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('flow_id', ID, nullable=True),
        sa.Column('edition', sa.BigInteger(), nullable=True),
        sa.Column('title', sa.String(length=200), nullable=True),
        sa.Column('transition', sa.String(length=80), nullable=True),
        sa.Column('subject', sa.String(length=80), nullable=False),
        sa.Column('subject_id', ID, nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('step', sa.BigInteger(), nullable=False),
        sa.Column('steps', JSON, nullable=False),
        sa.Column('proposal', JSON, nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('asked_by_id', ID, nullable=True),
        sa.Column('asked_at', AT, nullable=False),
        sa.Column('ended_at', AT, nullable=True),
        sa.Column('asked_change_id', ID, nullable=True),
        sa.Column('ended_change_id', ID, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_approval'))
    )
    op.create_table('core_attachment',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('subject', sa.String(length=80), nullable=False),
        sa.Column('subject_id', ID, nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('content_id', ID, nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_attachment'))
    )
    op.create_table('core_change',
        sa.Column('at', AT, nullable=False),
        sa.Column('actor_id', ID, nullable=True),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('resource', sa.String(length=80), nullable=True),
        sa.Column('note', sa.String(length=255), nullable=True),
        sa.Column('undo_of', ID, nullable=True),
        sa.Column('undone_by', ID, nullable=True),
        sa.Column('rows', sa.BigInteger(), nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_change'))
    )
    op.create_table('core_choice',
        sa.Column('list', sa.String(length=60), nullable=False),
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('en', sa.String(length=255), nullable=False),
        sa.Column('zh', sa.String(length=255), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('retired', sa.Boolean(), nullable=False),
        sa.Column('icon', sa.String(length=40), nullable=True),
        sa.Column('colour', sa.String(length=20), nullable=True),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_choice'))
    )
    op.create_table('core_completeness_rule',
        sa.Column('standing', sa.String(length=40), nullable=True),
        sa.Column('field', sa.String(length=60), nullable=False),
        sa.Column('points', sa.Integer(), nullable=False),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_completeness_rule'))
    )
    op.create_table('core_custom_field',
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('zh', sa.String(length=255), nullable=False),
        sa.Column('en', sa.String(length=255), nullable=False),
        sa.Column('help_zh', sa.String(length=255), nullable=False),
        sa.Column('help_en', sa.String(length=255), nullable=False),
        sa.Column('required', sa.Boolean(), nullable=False),
        sa.Column('searched', sa.Boolean(), nullable=False),
        sa.Column('places', sa.Integer(), nullable=False),
        sa.Column('target', sa.String(length=80), nullable=True),
        sa.Column('options', sa.Text(), nullable=True),
        sa.Column('formula', sa.Text(), nullable=True),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('retired', sa.Boolean(), nullable=False),
        sa.Column('promoted', sa.Boolean(), nullable=False),
        sa.Column('filling', sa.Boolean(), nullable=False),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_custom_field'))
    )
    op.create_table('core_department',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('code', sa.String(length=60), nullable=True),
        sa.Column('parent_id', ID, nullable=True),
        sa.Column('path', sa.String(length=500), nullable=False),
        sa.Column('phone', sa.String(length=60), nullable=True),
        sa.Column('phone_key', sa.String(length=40), nullable=True),
        sa.Column('latitude', sa.Integer(), nullable=True),
        sa.Column('longitude', sa.Integer(), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_department_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['parent_id'], ['core_department.id'], name=op.f('fk_core_department_parent_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_department'))
    )
    op.create_table('core_draft',
        sa.Column('actor_id', ID, nullable=False),
        sa.Column('key', sa.String(length=120), nullable=False),
        sa.Column('data', JSON, nullable=False),
        sa.Column('at', AT, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_draft')),
        sa.UniqueConstraint('actor_id', 'key', name=op.f('uq_core_draft_actor_id_key'))
    )
    op.create_table('core_feed',
        sa.Column('token_id', ID, nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('resource', sa.String(length=80), nullable=True),
        sa.Column('state', JSON, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_feed'))
    )
    op.create_table('core_file',
        sa.Column('public_id', sa.String(length=32), nullable=False),
        sa.Column('owner_id', ID, nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('kind', sa.String(length=100), nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.Column('path', sa.String(length=80), nullable=False),
        sa.Column('permission', sa.String(length=120), nullable=False),
        sa.Column('made_at', AT, nullable=False),
        sa.Column('expires_at', AT, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_file')),
        sa.UniqueConstraint('public_id', name=op.f('uq_core_file_public_id'))
    )
    op.create_table('core_foreign_id',
        sa.Column('source', sa.String(length=60), nullable=False),
        sa.Column('ref', sa.String(length=120), nullable=False),
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('resource_id', ID, nullable=False),
        sa.Column('at', AT, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_foreign_id')),
        sa.UniqueConstraint('resource', 'source', 'ref', name=op.f('uq_core_foreign_id_resource_source_ref'))
    )
    op.create_table('core_holding',
        sa.Column('subject', sa.String(length=80), nullable=False),
        sa.Column('subject_id', ID, nullable=False),
        sa.Column('at', AT, nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('before_id', ID, nullable=True),
        sa.Column('after_id', ID, nullable=True),
        sa.Column('pool_id', ID, nullable=True),
        sa.Column('by_id', ID, nullable=True),
        sa.Column('why', sa.Text(), nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_holding'))
    )
    op.create_table('core_idempotency',
        sa.Column('actor_id', ID, nullable=False),
        sa.Column('route', sa.String(length=200), nullable=False),
        sa.Column('key', sa.String(length=255), nullable=False),
        sa.Column('body_hash', sa.String(length=64), nullable=False),
        sa.Column('status', sa.Integer(), nullable=False),
        sa.Column('headers', JSON, nullable=False),
        sa.Column('body', sa.Text(), nullable=True),
        sa.Column('made_at', AT, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_idempotency')),
        sa.UniqueConstraint('actor_id', 'route', 'key', name=op.f('uq_core_idempotency_actor_id_route_key'))
    )
    op.create_table('core_import_profile',
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('shape', sa.String(length=64), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('owner_id', ID, nullable=False),
        sa.Column('everyone', sa.Boolean(), nullable=False),
        sa.Column('mapping', JSON, nullable=False),
        sa.Column('values', JSON, nullable=False),
        sa.Column('options', JSON, nullable=False),
        sa.Column('at', AT, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_import_profile'))
    )
    op.create_table('core_industry',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('english', sa.String(length=255), nullable=False),
        sa.Column('code', sa.String(length=60), nullable=True),
        sa.Column('parent_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['parent_id'], ['core_industry.id'], name=op.f('fk_core_industry_parent_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_industry'))
    )
    op.create_table('core_job',
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('label', sa.String(length=200), nullable=False),
        sa.Column('args', JSON, nullable=False),
        sa.Column('key', sa.String(length=200), nullable=True),
        sa.Column('actor_id', ID, nullable=True),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('claims', sa.Integer(), nullable=False),
        sa.Column('owner', sa.String(length=80), nullable=True),
        sa.Column('lease_until', AT, nullable=True),
        sa.Column('run_at', AT, nullable=False),
        sa.Column('done', sa.BigInteger(), nullable=False),
        sa.Column('total', sa.BigInteger(), nullable=True),
        sa.Column('position', JSON, nullable=False),
        sa.Column('result', JSON, nullable=False),
        sa.Column('error', sa.Text(), nullable=True),
        sa.Column('cancel_asked', sa.Boolean(), nullable=False),
        sa.Column('change_id', ID, nullable=True),
        sa.Column('made_at', AT, nullable=False),
        sa.Column('started_at', AT, nullable=True),
        sa.Column('ended_at', AT, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_job'))
    )
    op.create_table('core_layout',
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('sections', JSON, nullable=False),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_layout'))
    )
    op.create_table('core_merge',
        sa.Column('change_id', ID, nullable=False),
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('kept_id', ID, nullable=False),
        sa.Column('gone_id', ID, nullable=False),
        sa.Column('at', AT, nullable=False),
        sa.Column('undone_at', AT, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_merge'))
    )
    op.create_table('core_outbox',
        sa.Column('listener', sa.String(length=120), nullable=False),
        sa.Column('event', sa.String(length=80), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('data', sa.Text(), nullable=False),
        sa.Column('key', sa.String(length=120), nullable=False),
        sa.Column('actor_id', ID, nullable=True),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('claims', sa.Integer(), nullable=False),
        sa.Column('owner', sa.String(length=80), nullable=True),
        sa.Column('lease_until', AT, nullable=True),
        sa.Column('run_at', AT, nullable=False),
        sa.Column('error', sa.Text(), nullable=True),
        sa.Column('made_at', AT, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_outbox'))
    )
    op.create_table('core_paper',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('code', sa.String(length=20), nullable=True),
        sa.Column('use', sa.String(length=40), nullable=False),
        sa.Column('width', sa.Integer(), nullable=False),
        sa.Column('height', sa.Integer(), nullable=False),
        sa.Column('columns', sa.Integer(), nullable=False),
        sa.Column('rows', sa.Integer(), nullable=False),
        sa.Column('left', sa.Integer(), nullable=False),
        sa.Column('top', sa.Integer(), nullable=False),
        sa.Column('cell_width', sa.Integer(), nullable=False),
        sa.Column('cell_height', sa.Integer(), nullable=False),
        sa.Column('pitch_x', sa.Integer(), nullable=False),
        sa.Column('pitch_y', sa.Integer(), nullable=False),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_paper'))
    )
    op.create_table('core_plugin',
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('version', sa.String(length=40), nullable=False),
        sa.Column('error', sa.Text(), nullable=True),
        sa.Column('made_at', AT, nullable=False),
        sa.Column('enabled_at', AT, nullable=True),
        sa.Column('disabled_at', AT, nullable=True),
        sa.Column('faults', sa.BigInteger(), nullable=False),
        sa.Column('fault', sa.Text(), nullable=True),
        sa.Column('fault_at', AT, nullable=True),
        sa.Column('audience', JSON, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_plugin')),
        sa.UniqueConstraint('name', name=op.f('uq_core_plugin_name'))
    )
    op.create_table('core_position',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('english', sa.String(length=255), nullable=False),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_position'))
    )
    op.create_table('core_printing',
        sa.Column('of', sa.String(length=80), nullable=False),
        sa.Column('what', sa.String(length=20), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.Column('conditions', sa.Text(), nullable=True),
        sa.Column('sensitive', sa.String(length=255), nullable=True),
        sa.Column('output', sa.String(length=255), nullable=True),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_printing'))
    )
    op.create_table('core_reference',
        sa.Column('package', sa.String(length=60), nullable=False),
        sa.Column('table_name', sa.String(length=80), nullable=False),
        sa.Column('column_name', sa.String(length=80), nullable=False),
        sa.Column('target', sa.String(length=80), nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_reference')),
        sa.UniqueConstraint('table_name', 'column_name', 'kind', name=op.f('uq_core_reference_table_name_column_name_kind'))
    )
    op.create_table('core_region',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('english', sa.String(length=255), nullable=False),
        sa.Column('code', sa.String(length=60), nullable=True),
        sa.Column('parent_id', ID, nullable=True),
        sa.Column('full_name', sa.String(length=300), nullable=False),
        sa.Column('full_english', sa.String(length=300), nullable=False),
        sa.Column('dialling_code', sa.String(length=60), nullable=True),
        sa.Column('postcode', sa.String(length=60), nullable=True),
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
        sa.ForeignKeyConstraint(['parent_id'], ['core_region.id'], name=op.f('fk_core_region_parent_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_region'))
    )
    op.create_table('core_role',
        sa.Column('code', sa.String(length=60), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('msgid', sa.String(length=200), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_role'))
    )
    op.create_table('core_search',
        sa.Column('id', ID, nullable=False),
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('record_id', ID, nullable=False),
        sa.Column('tokens', sa.Text(), nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('giver_id', ID, nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_search'))
    )
    op.create_table('core_search_waiting',
        sa.Column('id', ID, nullable=False),
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('record_id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_search_waiting'))
    )
    op.create_table('core_security_event',
        sa.Column('at', AT, nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('user_id', ID, nullable=True),
        sa.Column('address', sa.String(length=60), nullable=True),
        sa.Column('detail', sa.String(length=255), nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_security_event'))
    )
    op.create_table('core_series',
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('next', sa.BigInteger(), nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_series')),
        sa.UniqueConstraint('name', name=op.f('uq_core_series_name'))
    )
    op.create_table('core_setting',
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('department_id', ID, nullable=False),
        sa.Column('data', JSON, nullable=False),
        sa.Column('at', AT, nullable=False),
        sa.Column('by_id', ID, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_setting')),
        sa.UniqueConstraint('name', 'department_id', name=op.f('uq_core_setting_name_department_id'))
    )
    op.create_table('core_site',
        sa.Column('public_id', sa.String(length=32), nullable=False),
        sa.Column('rights', sa.BigInteger(), nullable=False),
        sa.Column('generation', sa.BigInteger(), nullable=False),
        sa.Column('made_at', AT, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_site'))
    )
    op.create_table('core_special_day',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('zh', sa.String(length=255), nullable=False),
        sa.Column('en', sa.String(length=255), nullable=False),
        sa.Column('worked', sa.Boolean(), nullable=False),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_special_day'))
    )
    op.create_table('core_stream',
        sa.Column('tx', sa.BigInteger(), nullable=False),
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('verb', sa.String(length=10), nullable=False),
        sa.Column('ids', JSON, nullable=False),
        sa.Column('was', JSON, nullable=True),
        sa.Column('change_id', ID, nullable=False),
        sa.Column('at', AT, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_stream'))
    )
    op.create_table('core_tag',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_tag'))
    )
    op.create_table('core_team',
        sa.Column('name', sa.String(length=200), nullable=False),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_team'))
    )
    op.create_table('core_throttle',
        sa.Column('key', sa.String(length=120), nullable=False),
        sa.Column('count', sa.BigInteger(), nullable=False),
        sa.Column('since', AT, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_throttle')),
        sa.UniqueConstraint('key', name=op.f('uq_core_throttle_key'))
    )
    op.create_table('core_timeline',
        sa.Column('subject', sa.String(length=80), nullable=False),
        sa.Column('subject_id', ID, nullable=False),
        sa.Column('at', AT, nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('source', sa.String(length=40), nullable=False),
        sa.Column('actor_id', ID, nullable=True),
        sa.Column('title', sa.String(length=255), nullable=True),
        sa.Column('body', sa.Text(), nullable=True),
        sa.Column('data', JSON, nullable=True),
        sa.Column('record', sa.String(length=80), nullable=True),
        sa.Column('record_id', ID, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_timeline'))
    )
    op.create_table('core_twin',
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('one_id', ID, nullable=False),
        sa.Column('other_id', ID, nullable=False),
        sa.Column('score', sa.Integer(), nullable=False),
        sa.Column('reasons', JSON, nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('decided_by_id', ID, nullable=True),
        sa.Column('at', AT, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_twin'))
    )
    op.create_table('core_user',
        sa.Column('login', sa.String(length=60), nullable=False),
        sa.Column('login_key', sa.String(length=60), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('email', sa.String(length=254), nullable=True),
        sa.Column('phone', sa.String(length=60), nullable=True),
        sa.Column('phone_key', sa.String(length=40), nullable=True),
        sa.Column('title', sa.String(length=255), nullable=True),
        sa.Column('supervisor_id', ID, nullable=True),
        sa.Column('language', sa.String(length=20), nullable=True),
        sa.Column('timezone', sa.String(length=60), nullable=True),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('password_hash', sa.String(length=255), nullable=True),
        sa.Column('preferences', JSON, nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_user_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_user_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['supervisor_id'], ['core_user.id'], name=op.f('fk_core_user_supervisor_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_user_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_user'))
    )
    op.create_table('core_view',
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('owner_id', ID, nullable=False),
        sa.Column('audience', sa.String(length=40), nullable=False),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('state', JSON, nullable=False),
        sa.Column('roles', JSON, nullable=False),
        sa.Column('position', sa.BigInteger(), nullable=False),
        sa.Column('at', AT, nullable=False),
        sa.Column('deleted_at', AT, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_view'))
    )
    op.create_table('core_flow',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('subject', sa.String(length=80), nullable=False),
        sa.Column('transition', sa.String(length=80), nullable=False),
        sa.Column('draft', JSON, nullable=False),
        sa.Column('live', JSON, nullable=True),
        sa.Column('edition', sa.BigInteger(), nullable=False),
        sa.Column('switched_on', sa.Boolean(), nullable=False),
        sa.Column('published_at', AT, nullable=True),
        sa.Column('published_by_id', ID, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_flow'))
    )
    op.create_table('core_approval_place',
        sa.Column('approval_id', ID, nullable=False),
        sa.Column('step', sa.BigInteger(), nullable=False),
        sa.Column('user_id', ID, nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('due', sa.Date(), nullable=True),
        sa.Column('chased_at', AT, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.ForeignKeyConstraint(['approval_id'], ['core_approval.id'], name=op.f('fk_core_approval_place_approval_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_approval_place'))
    )
    op.create_table('core_approval_vote',
        sa.Column('approval_id', ID, nullable=False),
        sa.Column('step', sa.BigInteger(), nullable=False),
        sa.Column('by_id', ID, nullable=True),
        sa.Column('for_id', ID, nullable=True),
        sa.Column('to_id', ID, nullable=True),
        sa.Column('verdict', sa.String(length=10), nullable=False),
        sa.Column('opinion', sa.Text(), nullable=True),
        sa.Column('at', AT, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.ForeignKeyConstraint(['approval_id'], ['core_approval.id'], name=op.f('fk_core_approval_vote_approval_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_approval_vote'))
    )
    op.create_table('core_attachment_content',
        sa.Column('attachment_id', ID, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('path', sa.String(length=80), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('media', sa.String(length=100), nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('key', sa.String(length=64), nullable=True),
        sa.Column('made_at', AT, nullable=False),
        sa.Column('made_by_id', ID, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.ForeignKeyConstraint(['attachment_id'], ['core_attachment.id'], name=op.f('fk_core_attachment_content_attachment_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_attachment_content')),
        sa.UniqueConstraint('attachment_id', 'number', name=op.f('uq_core_attachment_content_attachment_id_number')),
        sa.UniqueConstraint('key', name=op.f('uq_core_attachment_content_key')),
        sa.UniqueConstraint('path', name=op.f('uq_core_attachment_content_path'))
    )
    op.create_table('core_field_rule',
        sa.Column('role_id', ID, nullable=False),
        sa.Column('resource', sa.String(length=60), nullable=False),
        sa.Column('field', sa.String(length=60), nullable=False),
        sa.Column('rule', sa.String(length=40), nullable=False),
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
        sa.ForeignKeyConstraint(['role_id'], ['core_role.id'], name=op.f('fk_core_field_rule_role_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_field_rule'))
    )
    op.create_table('core_grant',
        sa.Column('role_id', ID, nullable=False),
        sa.Column('permission', sa.String(length=255), nullable=False),
        sa.Column('scope', sa.String(length=40), nullable=False),
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
        sa.ForeignKeyConstraint(['role_id'], ['core_role.id'], name=op.f('fk_core_grant_role_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_grant'))
    )
    op.create_table('core_history',
        sa.Column('change_id', ID, nullable=False),
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('row_id', ID, nullable=False),
        sa.Column('verb', sa.String(length=10), nullable=False),
        sa.Column('old', JSON, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.ForeignKeyConstraint(['change_id'], ['core_change.id'], name=op.f('fk_core_history_change_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_history'))
    )
    op.create_table('core_import',
        sa.Column('target', sa.String(length=80), nullable=False),
        sa.Column('file_name', sa.String(length=255), nullable=False),
        sa.Column('stored', sa.String(length=80), nullable=False),
        sa.Column('encoding', sa.String(length=40), nullable=False),
        sa.Column('header', JSON, nullable=False),
        sa.Column('mapping', JSON, nullable=False),
        sa.Column('values', JSON, nullable=False),
        sa.Column('options', JSON, nullable=False),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('job_id', ID, nullable=True),
        sa.Column('change_id', ID, nullable=True),
        sa.Column('new', sa.BigInteger(), nullable=False),
        sa.Column('updated', sa.BigInteger(), nullable=False),
        sa.Column('same', sa.BigInteger(), nullable=False),
        sa.Column('left', sa.BigInteger(), nullable=False),
        sa.Column('doubtful', sa.BigInteger(), nullable=False),
        sa.Column('refused', sa.BigInteger(), nullable=False),
        sa.Column('total', sa.BigInteger(), nullable=True),
        sa.Column('started_at', AT, nullable=True),
        sa.Column('ended_at', AT, nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_import_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_import_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_import_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_import'))
    )
    op.create_table('core_merge_moved',
        sa.Column('merge_id', ID, nullable=False),
        sa.Column('package', sa.String(length=60), nullable=False),
        sa.Column('table_name', sa.String(length=80), nullable=False),
        sa.Column('column_name', sa.String(length=80), nullable=False),
        sa.Column('ids', JSON, nullable=False),
        sa.Column('stayed', sa.Boolean(), nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.ForeignKeyConstraint(['merge_id'], ['core_merge.id'], name=op.f('fk_core_merge_moved_merge_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_merge_moved'))
    )
    op.create_table('core_message',
        sa.Column('people', JSON, nullable=True),
        sa.Column('departments', JSON, nullable=True),
        sa.Column('roles', JSON, nullable=True),
        sa.Column('view', sa.String(length=20), nullable=True),
        sa.Column('everyone', sa.Boolean(), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('text', sa.Text(), nullable=True),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('priority', sa.String(length=40), nullable=False),
        sa.Column('hold', sa.Boolean(), nullable=False),
        sa.Column('subject', sa.String(length=80), nullable=True),
        sa.Column('subject_id', ID, nullable=True),
        sa.Column('box', sa.String(length=40), nullable=False),
        sa.Column('sender_id', ID, nullable=True),
        sa.Column('source', JSON, nullable=True),
        sa.Column('sent_at', AT, nullable=True),
        sa.Column('read_at', AT, nullable=True),
        sa.Column('acknowledged_at', AT, nullable=True),
        sa.Column('origin_id', ID, nullable=True),
        sa.Column('thread_id', ID, nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_message_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_message_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['sender_id'], ['core_user.id'], name=op.f('fk_core_message_sender_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_message_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_message'))
    )
    op.create_table('core_notice',
        sa.Column('receiver_id', ID, nullable=False),
        sa.Column('sender_id', ID, nullable=True),
        sa.Column('source', JSON, nullable=True),
        sa.Column('text', JSON, nullable=False),
        sa.Column('subject', sa.String(length=80), nullable=True),
        sa.Column('subject_id', ID, nullable=True),
        sa.Column('path', sa.String(length=300), nullable=True),
        sa.Column('at', AT, nullable=False),
        sa.Column('read_at', AT, nullable=True),
        sa.Column('urgent', sa.Boolean(), nullable=False),
        sa.Column('told_at', AT, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.ForeignKeyConstraint(['receiver_id'], ['core_user.id'], name=op.f('fk_core_notice_receiver_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['sender_id'], ['core_user.id'], name=op.f('fk_core_notice_sender_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_notice'))
    )
    op.create_table('core_one_time',
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('purpose', sa.String(length=40), nullable=False),
        sa.Column('user_id', ID, nullable=True),
        sa.Column('made_at', AT, nullable=False),
        sa.Column('expires_at', AT, nullable=False),
        sa.Column('used_at', AT, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_one_time_user_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_one_time')),
        sa.UniqueConstraint('digest', name=op.f('uq_core_one_time_digest'))
    )
    op.create_table('core_pool',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('hold_limit', sa.Integer(), nullable=True),
        sa.Column('claim_limit', sa.Integer(), nullable=True),
        sa.Column('return_after', sa.Integer(), nullable=True),
        sa.Column('deal_after', sa.Integer(), nullable=True),
        sa.Column('warn_before', sa.Integer(), nullable=False),
        sa.Column('cool_down', sa.Integer(), nullable=False),
        sa.Column('protect_limit', sa.Integer(), nullable=False),
        sa.Column('protect_days', sa.Integer(), nullable=False),
        sa.Column('share_days', sa.Integer(), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_pool_department_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_pool'))
    )
    op.create_table('core_recommendation',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('text', sa.Text(), nullable=True),
        sa.Column('url', sa.String(length=500), nullable=True),
        sa.Column('needs', JSON, nullable=False),
        sa.Column('only', sa.String(length=1000), nullable=True),
        sa.Column('begins', sa.Date(), nullable=True),
        sa.Column('ends', sa.Date(), nullable=True),
        sa.Column('active', sa.Boolean(), nullable=False),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_recommendation'))
    )
    op.create_table('core_print_template',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('subject', sa.String(length=80), nullable=True),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_print_template_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_print_template_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_print_template_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_print_template'))
    )
    op.create_table('core_session',
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('user_id', ID, nullable=False),
        sa.Column('epoch', sa.String(length=64), nullable=False),
        sa.Column('made_at', AT, nullable=False),
        sa.Column('seen_at', AT, nullable=False),
        sa.Column('proved_at', AT, nullable=False),
        sa.Column('address', sa.String(length=60), nullable=True),
        sa.Column('browser', sa.String(length=200), nullable=True),
        sa.Column('data', JSON, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_session_user_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_session')),
        sa.UniqueConstraint('digest', name=op.f('uq_core_session_digest'))
    )
    op.create_table('core_share',
        sa.Column('subject', sa.String(length=80), nullable=False),
        sa.Column('subject_id', ID, nullable=False),
        sa.Column('user_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('writes', sa.Boolean(), nullable=False),
        sa.Column('until', sa.Date(), nullable=False),
        sa.Column('why', sa.Text(), nullable=True),
        sa.Column('by_id', ID, nullable=True),
        sa.Column('at', AT, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_share_team_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_share_user_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_share'))
    )
    op.create_table('core_stand_in',
        sa.Column('substitute_id', ID, nullable=True),
        sa.Column('begins', sa.Date(), nullable=False),
        sa.Column('ends', sa.Date(), nullable=False),
        sa.Column('words', sa.String(length=255), nullable=True),
        sa.Column('note', sa.String(length=255), nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_stand_in_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_stand_in_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['substitute_id'], ['core_user.id'], name=op.f('fk_core_stand_in_substitute_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_stand_in_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_stand_in'))
    )
    op.create_table('core_tagged',
        sa.Column('tag_id', ID, nullable=False),
        sa.Column('subject', sa.String(length=80), nullable=False),
        sa.Column('subject_id', ID, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.ForeignKeyConstraint(['tag_id'], ['core_tag.id'], name=op.f('fk_core_tagged_tag_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_tagged')),
        sa.UniqueConstraint('subject', 'subject_id', 'tag_id', name=op.f('uq_core_tagged_subject_subject_id_tag_id'))
    )
    op.create_table('core_task',
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('text', sa.Text(), nullable=True),
        sa.Column('due', sa.Date(), nullable=True),
        sa.Column('due_time', sa.String(length=5), nullable=True),
        sa.Column('remind', sa.Integer(), nullable=True),
        sa.Column('remind_at', AT, nullable=True),
        sa.Column('priority', sa.String(length=40), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('subject', sa.String(length=80), nullable=True),
        sa.Column('subject_id', ID, nullable=True),
        sa.Column('giver_id', ID, nullable=True),
        sa.Column('must', sa.Boolean(), nullable=False),
        sa.Column('done_at', AT, nullable=True),
        sa.Column('done_by_id', ID, nullable=True),
        sa.Column('result', sa.Text(), nullable=True),
        sa.Column('spent', sa.Integer(), nullable=True),
        sa.Column('grade', sa.String(length=40), nullable=True),
        sa.Column('remark', sa.Text(), nullable=True),
        sa.Column('chased', sa.Integer(), nullable=False),
        sa.Column('escalated_at', AT, nullable=True),
        sa.Column('repeat', sa.String(length=200), nullable=True),
        sa.Column('repeat_from', sa.Date(), nullable=True),
        sa.Column('next_on', sa.Date(), nullable=True),
        sa.Column('follows_id', ID, nullable=True),
        sa.Column('locked', sa.Boolean(), nullable=False),
        sa.Column('source', JSON, nullable=True),
        sa.Column('source_key', sa.String(length=120), nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_task_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['done_by_id'], ['core_user.id'], name=op.f('fk_core_task_done_by_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['giver_id'], ['core_user.id'], name=op.f('fk_core_task_giver_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_task_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_task_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_task'))
    )
    op.create_table('core_task_item',
        sa.Column('task_id', ID, nullable=False),
        sa.Column('text', sa.String(length=255), nullable=False),
        sa.Column('done', sa.Boolean(), nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['task_id'], ['core_task.id'], name=op.f('fk_core_task_item_task_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_task_item'))
    )
    op.create_table('core_team_member',
        sa.Column('team_id', ID, nullable=False),
        sa.Column('user_id', ID, nullable=False),
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
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_team_member_team_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_team_member_user_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_team_member'))
    )
    op.create_table('core_token',
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('prefix', sa.String(length=12), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('user_id', ID, nullable=False),
        sa.Column('epoch', sa.String(length=64), nullable=False),
        sa.Column('scopes', JSON, nullable=False),
        sa.Column('made_at', AT, nullable=False),
        sa.Column('expires_at', AT, nullable=True),
        sa.Column('seen_at', AT, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_token_user_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_token')),
        sa.UniqueConstraint('digest', name=op.f('uq_core_token_digest'))
    )
    op.create_table('core_user_role',
        sa.Column('user_id', ID, nullable=False),
        sa.Column('role_id', ID, nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['role_id'], ['core_role.id'], name=op.f('fk_core_user_role_role_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_user_role_user_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_user_role'))
    )
    op.create_table('core_customer',
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('match_key', sa.String(length=200), nullable=False),
        sa.Column('code', sa.String(length=40), nullable=True),
        sa.Column('standing', sa.String(length=40), nullable=False),
        sa.Column('customer_kind', sa.String(length=40), nullable=True),
        sa.Column('ownership', sa.String(length=40), nullable=True),
        sa.Column('business_kind', sa.String(length=40), nullable=True),
        sa.Column('size', sa.String(length=40), nullable=True),
        sa.Column('source', sa.String(length=40), nullable=True),
        sa.Column('industry_id', ID, nullable=True),
        sa.Column('region_id', ID, nullable=True),
        sa.Column('postcode', sa.String(length=20), nullable=True),
        sa.Column('latitude', sa.Integer(), nullable=True),
        sa.Column('longitude', sa.Integer(), nullable=True),
        sa.Column('phone', sa.String(length=60), nullable=True),
        sa.Column('phone_key', sa.String(length=40), nullable=True),
        sa.Column('mobile', sa.String(length=60), nullable=True),
        sa.Column('mobile_key', sa.String(length=40), nullable=True),
        sa.Column('fax', sa.String(length=60), nullable=True),
        sa.Column('fax_key', sa.String(length=40), nullable=True),
        sa.Column('email', sa.String(length=254), nullable=True),
        sa.Column('website', sa.String(length=500), nullable=True),
        sa.Column('opening_hours', sa.String(length=255), nullable=True),
        sa.Column('legal_representative', sa.String(length=255), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('collected_by_id', ID, nullable=True),
        sa.Column('parent_id', ID, nullable=True),
        sa.Column('country', sa.String(length=40), nullable=True),
        sa.Column('credit_code', sa.String(length=30), nullable=True),
        sa.Column('founded_on', sa.Date(), nullable=True),
        sa.Column('standing_since', sa.Date(), nullable=True),
        sa.Column('credit', sa.String(length=40), nullable=True),
        sa.Column('general_manager', sa.String(length=255), nullable=True),
        sa.Column('sales_head', sa.String(length=255), nullable=True),
        sa.Column('publicity_head', sa.String(length=255), nullable=True),
        sa.Column('profile', sa.Text(), nullable=True),
        sa.Column('business_scope', sa.Text(), nullable=True),
        sa.Column('trade_position', sa.String(length=40), nullable=True),
        sa.Column('capital_band', sa.String(length=40), nullable=True),
        sa.Column('headcount_band', sa.String(length=40), nullable=True),
        sa.Column('assets', sa.BigInteger(), nullable=True),
        sa.Column('liabilities', sa.BigInteger(), nullable=True),
        sa.Column('blacklist', sa.String(length=40), nullable=True),
        sa.Column('blacklist_until', sa.Date(), nullable=True),
        sa.Column('completeness', sa.Integer(), nullable=False),
        sa.Column('next_founding', sa.Date(), nullable=True),
        sa.Column('pool_id', ID, nullable=True),
        sa.Column('held_at', AT, nullable=True),
        sa.Column('followed_at', AT, nullable=True),
        sa.Column('dealt_at', AT, nullable=True),
        sa.Column('protected_until', sa.Date(), nullable=True),
        sa.Column('warned_at', AT, nullable=True),
        sa.Column('deal_warned_at', AT, nullable=True),
        sa.Column('review', sa.String(length=40), nullable=True),
        sa.Column('first_reviewer_id', ID, nullable=True),
        sa.Column('second_reviewer_id', ID, nullable=True),
        sa.Column('reviewed_at', AT, nullable=True),
        sa.Column('wish_channels', JSON, nullable=False),
        sa.Column('wish_never', JSON, nullable=False),
        sa.Column('wish_times', JSON, nullable=False),
        sa.Column('wish_language', sa.String(length=40), nullable=True),
        sa.Column('wish_topics', JSON, nullable=False),
        sa.Column('bad_channels', JSON, nullable=False),
        sa.Column('invalid', sa.Boolean(), nullable=False),
        sa.Column('invalid_reason', sa.String(length=255), nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['collected_by_id'], ['core_user.id'], name=op.f('fk_core_customer_collected_by_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_customer_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['first_reviewer_id'], ['core_user.id'], name=op.f('fk_core_customer_first_reviewer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['industry_id'], ['core_industry.id'], name=op.f('fk_core_customer_industry_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_customer_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['parent_id'], ['core_customer.id'], name=op.f('fk_core_customer_parent_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['pool_id'], ['core_pool.id'], name=op.f('fk_core_customer_pool_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['region_id'], ['core_region.id'], name=op.f('fk_core_customer_region_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['second_reviewer_id'], ['core_user.id'], name=op.f('fk_core_customer_second_reviewer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_customer_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_customer'))
    )
    op.create_table('core_import_row',
        sa.Column('import_id', ID, nullable=False),
        sa.Column('line', sa.BigInteger(), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('cells', JSON, nullable=False),
        sa.Column('reasons', JSON, nullable=False),
        sa.Column('candidate_id', ID, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.ForeignKeyConstraint(['import_id'], ['core_import.id'], name=op.f('fk_core_import_row_import_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_import_row')),
        sa.UniqueConstraint('import_id', 'line', name=op.f('uq_core_import_row_import_id_line'))
    )
    op.create_table('core_incoming',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('mapping', sa.Text(), nullable=False),
        sa.Column('known_by', sa.String(length=60), nullable=True),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('turn', sa.BigInteger(), nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_incoming_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_incoming_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_incoming_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_incoming'))
    )
    op.create_table('core_webhook',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('url', sa.String(length=500), nullable=False),
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('created', sa.Boolean(), nullable=False),
        sa.Column('changed', sa.Boolean(), nullable=False),
        sa.Column('gone', sa.Boolean(), nullable=False),
        sa.Column('only', sa.String(length=1000), nullable=True),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('failing_since', AT, nullable=True),
        sa.Column('turn', sa.BigInteger(), nullable=False),
        sa.Column('turned_at', AT, nullable=True),
        sa.Column('place', sa.String(length=120), nullable=False),
        sa.Column('paused_until', AT, nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_webhook_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_webhook_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_webhook_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_webhook'))
    )
    op.create_table('core_incoming_call',
        sa.Column('incoming_id', ID, nullable=False),
        sa.Column('message', sa.String(length=255), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('error', sa.Text(), nullable=True),
        sa.Column('record_id', ID, nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['incoming_id'], ['core_incoming.id'], name=op.f('fk_core_incoming_call_incoming_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_incoming_call')),
        sa.UniqueConstraint('incoming_id', 'message', name=op.f('uq_core_incoming_call_incoming_id_message'))
    )
    op.create_table('core_webhook_delivery',
        sa.Column('webhook_id', ID, nullable=False),
        sa.Column('what', sa.String(length=40), nullable=False),
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('record_id', ID, nullable=True),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('status', sa.Integer(), nullable=True),
        sa.Column('error', sa.Text(), nullable=True),
        sa.Column('tried_at', AT, nullable=True),
        sa.Column('due_at', AT, nullable=True),
        sa.Column('took', sa.Integer(), nullable=True),
        sa.Column('change_id', ID, nullable=True),
        sa.Column('more', JSON, nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['webhook_id'], ['core_webhook.id'], name=op.f('fk_core_webhook_delivery_webhook_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_webhook_delivery'))
    )
    with op.batch_alter_table('core_incoming') as batch:
        batch.create_index('ix_core_incoming_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_incoming_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_incoming_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_incoming_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_webhook') as batch:
        batch.create_index('ix_core_webhook_active', ['id'], unique=False, sqlite_where=sa.text('active AND deleted_at IS NULL'), postgresql_where=sa.text('active AND deleted_at IS NULL'))
        batch.create_index('ix_core_webhook_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_webhook_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_webhook_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_webhook_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_incoming_call') as batch:
        batch.create_index('ix_core_incoming_call_created_at', ['created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_incoming_call_department_id_created_at', ['department_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_incoming_call_of', ['incoming_id', 'id'], unique=False)
        batch.create_index('ix_core_incoming_call_owner_id_created_at', ['owner_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_incoming_call_owner_id_state_created_at', ['owner_id', 'state', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_incoming_call_team_id_created_at', ['team_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
    with op.batch_alter_table('core_webhook_delivery') as batch:
        batch.create_index('ix_core_webhook_delivery_created_at', ['created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_webhook_delivery_department_id_created_at', ['department_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_webhook_delivery_of', ['webhook_id', 'id'], unique=False)
        batch.create_index('ix_core_webhook_delivery_owner_id_created_at', ['owner_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_webhook_delivery_owner_id_state_created_at', ['owner_id', 'state', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_webhook_delivery_record', ['webhook_id', 'resource', 'record_id', 'id'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch.create_index('ix_core_webhook_delivery_team_id_created_at', ['team_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_webhook_delivery_waiting', ['webhook_id', 'due_at', 'id'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('core_pool_member',
        sa.Column('pool_id', ID, nullable=False),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('user_id', ID, nullable=True),
        sa.Column('manages', sa.Boolean(), nullable=False),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_pool_member_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['pool_id'], ['core_pool.id'], name=op.f('fk_core_pool_member_pool_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_pool_member_user_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_pool_member'))
    )
    op.create_table('core_alarm',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('report', sa.String(length=120), nullable=False),
        sa.Column('line', sa.String(length=200), nullable=True),
        sa.Column('said', sa.String(length=255), nullable=True),
        sa.Column('number', sa.BigInteger(), nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('above', sa.Boolean(), nullable=False),
        sa.Column('limit', sa.BigInteger(), nullable=False),
        sa.Column('back', sa.BigInteger(), nullable=True),
        sa.Column('receivers', JSON, nullable=False),
        sa.Column('owner_id', ID, nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('crossed', sa.Boolean(), nullable=False),
        sa.Column('value', sa.BigInteger(), nullable=True),
        sa.Column('looked_at', AT, nullable=True),
        sa.Column('crossed_at', AT, nullable=True),
        sa.Column('fault', JSON, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_alarm'))
    )
    op.create_table('core_rule',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('resource', sa.String(length=80), nullable=False),
        sa.Column('trigger', sa.String(length=80), nullable=False),
        sa.Column('asked', JSON, nullable=False),
        sa.Column('only', JSON, nullable=True),
        sa.Column('steps', JSON, nullable=False),
        sa.Column('playbook', sa.Boolean(), nullable=False),
        sa.Column('held_out', sa.BigInteger(), nullable=False),
        sa.Column('owner_id', ID, nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('faults', sa.BigInteger(), nullable=False),
        sa.Column('why_off', JSON, nullable=True),
        sa.Column('told_at', AT, nullable=True),
        sa.Column('looked_on', sa.Date(), nullable=True),
        sa.Column('looking_on', sa.Date(), nullable=True),
        sa.Column('looked_id', sa.BigInteger(), nullable=False),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('changed_at', AT, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_rule'))
    )
    op.create_table('core_rule_run',
        sa.Column('rule_id', ID, nullable=False),
        sa.Column('subject', sa.String(length=80), nullable=False),
        sa.Column('subject_id', ID, nullable=False),
        sa.Column('occasion', sa.String(length=80), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('at', AT, nullable=False),
        sa.Column('due_at', AT, nullable=False),
        sa.Column('place', sa.BigInteger(), nullable=False),
        sa.Column('reached', AT, nullable=True),
        sa.Column('steps', JSON, nullable=True),
        sa.Column('change_id', ID, nullable=True),
        sa.Column('cause_id', ID, nullable=True),
        sa.Column('depth', sa.BigInteger(), nullable=False),
        sa.Column('log', JSON, nullable=False),
        sa.Column('ended_at', AT, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.ForeignKeyConstraint(['rule_id'], ['core_rule.id'], name=op.f('fk_core_rule_run_rule_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_rule_run'))
    )
    op.create_table('core_rule_offer',
        sa.Column('subject', sa.String(length=80), nullable=False),
        sa.Column('subject_id', ID, nullable=False),
        sa.Column('offer', sa.String(length=160), nullable=False),
        sa.Column('at', AT, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_rule_offer'))
    )
    op.create_table('core_address',
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('purpose', sa.String(length=40), nullable=True),
        sa.Column('region_id', ID, nullable=True),
        sa.Column('street', sa.String(length=255), nullable=False),
        sa.Column('street_key', sa.String(length=80), nullable=True),
        sa.Column('postcode', sa.String(length=20), nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_address_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['region_id'], ['core_region.id'], name=op.f('fk_core_address_region_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_address'))
    )
    op.create_table('core_blacklisting',
        sa.Column('severity', sa.String(length=40), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('evidence', sa.Text(), nullable=True),
        sa.Column('until', sa.Date(), nullable=True),
        sa.Column('ended_on', sa.Date(), nullable=True),
        sa.Column('ended_why', sa.String(length=255), nullable=True),
        sa.Column('kind_before', sa.String(length=40), nullable=True),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_blacklisting_customer_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_blacklisting'))
    )
    op.create_table('core_contact',
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('salutation', sa.String(length=40), nullable=True),
        sa.Column('sex', sa.String(length=40), nullable=True),
        sa.Column('birth_date', sa.Date(), nullable=True),
        sa.Column('age_told', sa.Integer(), nullable=True),
        sa.Column('age_told_on', sa.Date(), nullable=True),
        sa.Column('position_id', ID, nullable=True),
        sa.Column('main', sa.Boolean(), nullable=False),
        sa.Column('phone', sa.String(length=60), nullable=True),
        sa.Column('phone_key', sa.String(length=40), nullable=True),
        sa.Column('mobile', sa.String(length=60), nullable=True),
        sa.Column('mobile_key', sa.String(length=40), nullable=True),
        sa.Column('fax', sa.String(length=60), nullable=True),
        sa.Column('fax_key', sa.String(length=40), nullable=True),
        sa.Column('email', sa.String(length=254), nullable=True),
        sa.Column('postcode', sa.String(length=20), nullable=True),
        sa.Column('bio', sa.Text(), nullable=True),
        sa.Column('roles', JSON, nullable=False),
        sa.Column('family_role', sa.String(length=40), nullable=True),
        sa.Column('post_since', sa.Date(), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('collected_by_id', ID, nullable=True),
        sa.Column('lunar_birthday', sa.Boolean(), nullable=False),
        sa.Column('wedding_date', sa.Date(), nullable=True),
        sa.Column('ethnicity', sa.String(length=40), nullable=True),
        sa.Column('schooling', sa.String(length=40), nullable=True),
        sa.Column('major', sa.String(length=255), nullable=True),
        sa.Column('home_address', sa.String(length=255), nullable=True),
        sa.Column('private_phone', sa.String(length=60), nullable=True),
        sa.Column('private_phone_key', sa.String(length=40), nullable=True),
        sa.Column('household', sa.String(length=40), nullable=True),
        sa.Column('income', sa.String(length=40), nullable=True),
        sa.Column('character', sa.String(length=40), nullable=True),
        sa.Column('hobbies', sa.String(length=255), nullable=True),
        sa.Column('habits', sa.Text(), nullable=True),
        sa.Column('social_ties', sa.Text(), nullable=True),
        sa.Column('cv', sa.Text(), nullable=True),
        sa.Column('honesty', sa.String(length=40), nullable=True),
        sa.Column('reliability', sa.String(length=40), nullable=True),
        sa.Column('drive', sa.String(length=40), nullable=True),
        sa.Column('insight', sa.String(length=40), nullable=True),
        sa.Column('leadership', sa.String(length=40), nullable=True),
        sa.Column('skill', sa.String(length=40), nullable=True),
        sa.Column('health', sa.String(length=40), nullable=True),
        sa.Column('next_birthday', sa.Date(), nullable=True),
        sa.Column('next_wedding', sa.Date(), nullable=True),
        sa.Column('review', sa.String(length=40), nullable=True),
        sa.Column('first_reviewer_id', ID, nullable=True),
        sa.Column('second_reviewer_id', ID, nullable=True),
        sa.Column('reviewed_at', AT, nullable=True),
        sa.Column('wish_channels', JSON, nullable=False),
        sa.Column('wish_never', JSON, nullable=False),
        sa.Column('wish_times', JSON, nullable=False),
        sa.Column('wish_language', sa.String(length=40), nullable=True),
        sa.Column('wish_topics', JSON, nullable=False),
        sa.Column('bad_channels', JSON, nullable=False),
        sa.Column('invalid', sa.Boolean(), nullable=False),
        sa.Column('invalid_reason', sa.String(length=255), nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['collected_by_id'], ['core_user.id'], name=op.f('fk_core_contact_collected_by_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_contact_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['first_reviewer_id'], ['core_user.id'], name=op.f('fk_core_contact_first_reviewer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['position_id'], ['core_position.id'], name=op.f('fk_core_contact_position_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['second_reviewer_id'], ['core_user.id'], name=op.f('fk_core_contact_second_reviewer_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_contact'))
    )
    op.create_table('core_dealing',
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('kind', sa.String(length=255), nullable=False),
        sa.Column('number', sa.String(length=60), nullable=True),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=True),
        sa.Column('state', sa.String(length=255), nullable=True),
        sa.Column('products', sa.String(length=255), nullable=True),
        sa.Column('product_id', ID, nullable=True),
        sa.Column('quantity', sa.BigInteger(), nullable=True),
        sa.Column('cost', sa.BigInteger(), nullable=True),
        sa.Column('source', sa.String(length=40), nullable=False),
        sa.Column('source_key', sa.String(length=120), nullable=False),
        sa.Column('subject', sa.String(length=80), nullable=True),
        sa.Column('subject_id', ID, nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_dealing_customer_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_dealing')),
        sa.UniqueConstraint('source', 'source_key', name=op.f('uq_core_dealing_source_source_key'))
    )
    op.create_table('core_need',
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('wanted', sa.String(length=255), nullable=True),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_until', sa.Date(), nullable=True),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_need_customer_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_need'))
    )
    op.create_table('core_note',
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('subject', sa.String(length=80), nullable=False),
        sa.Column('subject_id', ID, nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('happened_at', AT, nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('minutes', sa.Integer(), nullable=True),
        sa.Column('place', sa.String(length=255), nullable=True),
        sa.Column('latitude', sa.Integer(), nullable=True),
        sa.Column('longitude', sa.Integer(), nullable=True),
        sa.Column('accuracy', sa.Integer(), nullable=True),
        sa.Column('topic', sa.String(length=40), nullable=True),
        sa.Column('product', sa.String(length=255), nullable=True),
        sa.Column('weight', sa.String(length=40), nullable=True),
        sa.Column('handling', sa.String(length=40), nullable=True),
        sa.Column('result', sa.Text(), nullable=True),
        sa.Column('mentions', JSON, nullable=False),
        sa.Column('edited', sa.Boolean(), nullable=False),
        sa.Column('key', sa.String(length=64), nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_note_customer_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_note'))
    )
    op.create_table('core_offering',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('category', sa.String(length=40), nullable=True),
        sa.Column('quote', sa.BigInteger(), nullable=True),
        sa.Column('outline', sa.Text(), nullable=True),
        sa.Column('chance', sa.Text(), nullable=True),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_offering_customer_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_offering'))
    )
    op.create_table('core_profile_entry',
        sa.Column('topic', sa.String(length=40), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('as_of', sa.Date(), nullable=False),
        sa.Column('source', sa.String(length=255), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_profile_entry_customer_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_profile_entry'))
    )
    op.create_table('core_relation',
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('other_id', ID, nullable=False),
        sa.Column('note', sa.String(length=255), nullable=True),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_relation_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['other_id'], ['core_customer.id'], name=op.f('fk_core_relation_other_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_relation'))
    )
    op.create_table('core_post',
        sa.Column('contact_id', ID, nullable=False),
        sa.Column('position_id', ID, nullable=True),
        sa.Column('started_on', sa.Date(), nullable=True),
        sa.Column('ended_on', sa.Date(), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['contact_id'], ['core_contact.id'], name=op.f('fk_core_post_contact_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_post_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['position_id'], ['core_position.id'], name=op.f('fk_core_post_position_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_post'))
    )
    op.create_table('core_journal',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('text', sa.Text(), nullable=True),
        sa.Column('remark', sa.Text(), nullable=True),
        sa.Column('remarked_by_id', ID, nullable=True),
        sa.Column('read_at', AT, nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_journal_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_journal_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['remarked_by_id'], ['core_user.id'], name=op.f('fk_core_journal_remarked_by_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_journal_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_journal'))
    )
    op.create_table('core_plan',
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('span', sa.String(length=40), nullable=False),
        sa.Column('begins', sa.Date(), nullable=False),
        sa.Column('ends', sa.Date(), nullable=False),
        sa.Column('everybody', sa.Boolean(), nullable=False),
        sa.Column('above_id', ID, nullable=True),
        sa.Column('stage', sa.String(length=40), nullable=False),
        sa.Column('aim', sa.Text(), nullable=True),
        sa.Column('summary', sa.Text(), nullable=True),
        sa.Column('remark', sa.Text(), nullable=True),
        sa.Column('remarked_by_id', ID, nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['above_id'], ['core_plan.id'], name=op.f('fk_core_plan_above_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_plan_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_plan_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['remarked_by_id'], ['core_user.id'], name=op.f('fk_core_plan_remarked_by_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_plan_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_plan'))
    )
    op.create_table('core_plan_line',
        sa.Column('plan_id', ID, nullable=False),
        sa.Column('metric', sa.String(length=80), nullable=False),
        sa.Column('what', sa.String(length=255), nullable=True),
        sa.Column('target', sa.Integer(), nullable=False),
        sa.Column('fact', sa.Integer(), nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['plan_id'], ['core_plan.id'], name=op.f('fk_core_plan_line_plan_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_plan_line'))
    )
    with op.batch_alter_table('core_department') as batch:
        batch.create_foreign_key(batch.f('fk_core_department_owner_id'), 'core_user', ['owner_id'], ['id'], ondelete='RESTRICT')
        batch.create_foreign_key(batch.f('fk_core_department_team_id'), 'core_team', ['team_id'], ['id'], ondelete='RESTRICT')
    with op.batch_alter_table('core_access') as batch:
        batch.create_index('ix_core_access_actor', ['actor_id', 'id'], unique=False)
        batch.create_index('ix_core_access_at', ['at'], unique=False)
        batch.create_index('ix_core_access_row', ['resource', 'row_id', 'id'], unique=False)
    with op.batch_alter_table('core_approval') as batch:
        batch.create_index('ix_core_approval_asked_change_id', ['asked_change_id'], unique=False, sqlite_where=sa.text('asked_change_id IS NOT NULL'), postgresql_where=sa.text('asked_change_id IS NOT NULL'))
        batch.create_index('ix_core_approval_ended_change_id', ['ended_change_id'], unique=False, sqlite_where=sa.text('ended_change_id IS NOT NULL'), postgresql_where=sa.text('ended_change_id IS NOT NULL'))
        batch.create_index('ix_core_approval_open', ['kind', 'id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch.create_index('ix_core_approval_asked_by_id', ['asked_by_id', 'id'], unique=False)
        batch.create_index('ix_core_approval_subject', ['subject', 'subject_id', 'id'], unique=False)
        batch.create_index('uq_core_approval_flow', ['subject', 'subject_id'], unique=True, sqlite_where=sa.text("kind = 'flow' AND state IN ('open', 'returned')"), postgresql_where=sa.text("kind = 'flow' AND state IN ('open', 'returned')"))
    with op.batch_alter_table('core_attachment') as batch:
        batch.create_index('ix_core_attachment_created_at', ['created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_attachment_department_id_created_at', ['department_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_attachment_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_attachment_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_attachment_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_attachment_owner_id_created_at', ['owner_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_attachment_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_attachment_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_attachment_subject', ['subject', 'subject_id', 'id'], unique=False)
        batch.create_index('ix_core_attachment_team_id_created_at', ['team_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_attachment_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_attachment_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_attachment_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_change') as batch:
        batch.create_index('ix_core_change_kind', ['kind', 'id'], unique=False)
    with op.batch_alter_table('core_choice') as batch:
        batch.create_index('uq_core_choice_list_code', ['list', 'code'], unique=True)
    with op.batch_alter_table('core_custom_field') as batch:
        batch.create_index('ix_core_custom_field_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_core_custom_field_name', ['resource', 'name'], unique=True)
    with op.batch_alter_table('core_department') as batch:
        batch.create_index('ix_core_department_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_department_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_department_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_department_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_department_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_department_path', ['path'], unique=False)
        batch.create_index('ix_core_department_place', ['latitude', 'longitude', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND latitude IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND latitude IS NOT NULL'))
        batch.create_index('ix_core_department_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_department_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_department_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_draft') as batch:
        batch.create_index(batch.f('ix_core_draft_at'), ['at'], unique=False)
    with op.batch_alter_table('core_feed') as batch:
        batch.create_index(batch.f('ix_core_feed_token_id'), ['token_id'], unique=False)
    with op.batch_alter_table('core_file') as batch:
        batch.create_index(batch.f('ix_core_file_expires_at'), ['expires_at'], unique=False)
    with op.batch_alter_table('core_foreign_id') as batch:
        batch.create_index('ix_core_foreign_id_record', ['resource', 'resource_id'], unique=False)
    with op.batch_alter_table('core_holding') as batch:
        batch.create_index('ix_core_holding_claims', ['after_id', 'kind', 'at'], unique=False)
        batch.create_index('ix_core_holding_subject', ['subject', 'subject_id', 'id'], unique=False)
    with op.batch_alter_table('core_idempotency') as batch:
        batch.create_index('ix_core_idempotency_made', ['made_at'], unique=False)
    with op.batch_alter_table('core_import_profile') as batch:
        batch.create_index('ix_core_import_profile_shape', ['resource', 'shape'], unique=False)
    with op.batch_alter_table('core_industry') as batch:
        batch.create_index('ix_core_industry_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_core_industry_parent_id'), ['parent_id'], unique=False)
        batch.create_index('ix_core_industry_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_core_industry_code', ['code'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_job') as batch:
        batch.create_index('ix_core_job_actor', ['actor_id', 'id'], unique=False)
        batch.create_index('ix_core_job_due', ['run_at', 'id'], unique=False, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch.create_index('ix_core_job_lease', ['lease_until'], unique=False, sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'"))
        batch.create_index('ix_core_job_name', ['name', 'id'], unique=False)
        batch.create_index('uq_core_job_key', ['key'], unique=True)
    with op.batch_alter_table('core_layout') as batch:
        batch.create_index('uq_core_layout_resource', ['resource'], unique=True)
    with op.batch_alter_table('core_merge') as batch:
        batch.create_index(batch.f('ix_core_merge_change_id'), ['change_id'], unique=False)
        batch.create_index('ix_core_merge_gone', ['resource', 'gone_id'], unique=False)
    with op.batch_alter_table('core_outbox') as batch:
        batch.create_index('ix_core_outbox_due', ['run_at', 'id'], unique=False, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch.create_index('ix_core_outbox_order', ['listener', 'key', 'id'], unique=False, sqlite_where=sa.text("state IN ('queued', 'running')"), postgresql_where=sa.text("state IN ('queued', 'running')"))
        batch.create_index('ix_core_outbox_state', ['state', 'made_at'], unique=False)
    with op.batch_alter_table('core_paper') as batch:
        batch.create_index('ix_core_paper_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_paper_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_position') as batch:
        batch.create_index('ix_core_position_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_position_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_printing') as batch:
        batch.create_index('ix_core_printing_created_at', ['created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_region') as batch:
        batch.create_index('ix_core_region_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_core_region_parent_id'), ['parent_id'], unique=False)
        batch.create_index('ix_core_region_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_core_region_code', ['code'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_role') as batch:
        batch.create_index('ix_core_role_name', ['name', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_role_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_core_role_code', ['code'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_search') as batch:
        batch.create_index('ix_core_search_newest', ['resource', 'id'], unique=False)
        batch.create_index('uq_core_search_record', ['resource', 'record_id'], unique=True)
    with op.batch_alter_table('core_security_event') as batch:
        batch.create_index(batch.f('ix_core_security_event_at'), ['at'], unique=False)
    with op.batch_alter_table('core_special_day') as batch:
        batch.create_index('ix_core_special_day_day', ['day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_core_special_day_day', ['day'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_stream') as batch:
        batch.create_index('ix_core_stream_at', ['at'], unique=False)
        batch.create_index('ix_core_stream_tx', ['tx', 'id'], unique=False)
    with op.batch_alter_table('core_tag') as batch:
        batch.create_index('ix_core_tag_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_tag_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_core_tag_name', ['name'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_team') as batch:
        batch.create_index('ix_core_team_name', ['name', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_team_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_timeline') as batch:
        batch.create_index('ix_core_timeline_record', ['record', 'record_id'], unique=False, sqlite_where=sa.text('record_id IS NOT NULL'), postgresql_where=sa.text('record_id IS NOT NULL'))
        batch.create_index('ix_core_timeline_subject', ['subject', 'subject_id', 'at', 'id'], unique=False)
    with op.batch_alter_table('core_twin') as batch:
        batch.create_index('ix_core_twin_open', ['resource', 'state', 'score', 'id'], unique=False)
        batch.create_index('uq_core_twin_pair', ['resource', 'one_id', 'other_id'], unique=True)
    with op.batch_alter_table('core_user') as batch:
        batch.create_index('ix_core_user_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_user_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_user_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_user_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_user_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_user_supervisor_id', ['supervisor_id'], unique=False)
        batch.create_index('ix_core_user_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_user_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_user_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_core_user_login_key', ['login_key'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_view') as batch:
        batch.create_index('ix_core_view_resource', ['resource', 'position', 'id'], unique=False)
    with op.batch_alter_table('core_flow') as batch:
        batch.create_index('ix_core_flow_subject', ['subject', 'id'], unique=False)
    with op.batch_alter_table('core_approval_place') as batch:
        batch.create_index('ix_core_approval_place_approval_id', ['approval_id'], unique=False)
        batch.create_index('ix_core_approval_place_open', ['user_id', 'id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    with op.batch_alter_table('core_approval_vote') as batch:
        batch.create_index('ix_core_approval_vote_of', ['approval_id', 'id'], unique=False)
    with op.batch_alter_table('core_field_rule') as batch:
        batch.create_index(batch.f('ix_core_field_rule_role_id'), ['role_id'], unique=False)
    with op.batch_alter_table('core_grant') as batch:
        batch.create_index(batch.f('ix_core_grant_role_id'), ['role_id'], unique=False)
    with op.batch_alter_table('core_history') as batch:
        batch.create_index('ix_core_history_change', ['change_id', 'id'], unique=False)
        batch.create_index('ix_core_history_row', ['resource', 'row_id', 'id'], unique=False)
    with op.batch_alter_table('core_import') as batch:
        batch.create_index('ix_core_import_created_at', ['created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_import_department_id_created_at', ['department_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_import_owner', ['owner_id', 'id'], unique=False)
        batch.create_index('ix_core_import_owner_id_created_at', ['owner_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_import_team_id_created_at', ['team_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
    with op.batch_alter_table('core_merge_moved') as batch:
        batch.create_index(batch.f('ix_core_merge_moved_merge_id'), ['merge_id'], unique=False)
    with op.batch_alter_table('core_message') as batch:
        batch.create_index('ix_core_message_created_at', ['created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_message_department_id_created_at', ['department_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_message_origin', ['origin_id', 'owner_id'], unique=False)
        batch.create_index('ix_core_message_owner_id_created_at', ['owner_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_message_team_id_created_at', ['team_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_message_thread', ['owner_id', 'thread_id', 'id'], unique=False)
        batch.create_index('ix_core_message_unread', ['owner_id', 'id'], unique=False, sqlite_where=sa.text('read_at IS NULL AND deleted_at IS NULL'), postgresql_where=sa.text('read_at IS NULL AND deleted_at IS NULL'))
    with op.batch_alter_table('core_notice') as batch:
        batch.create_index('ix_core_notice_receiver', ['receiver_id', 'id'], unique=False)
        batch.create_index('ix_core_notice_untold', ['receiver_id', 'id'], unique=False, sqlite_where=sa.text('read_at IS NULL AND told_at IS NULL'), postgresql_where=sa.text('read_at IS NULL AND told_at IS NULL'))
        batch.create_index('ix_core_notice_unread', ['receiver_id', 'id'], unique=False, sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))
    with op.batch_alter_table('core_pool') as batch:
        batch.create_index('ix_core_pool_department', ['department_id'], unique=False)
        batch.create_index('ix_core_pool_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_pool_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_recommendation') as batch:
        batch.create_index('ix_core_recommendation_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_recommendation_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_print_template') as batch:
        batch.create_index('ix_core_print_template_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_print_template_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_print_template_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_print_template_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_print_template_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_print_template_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_print_template_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_print_template_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_session') as batch:
        batch.create_index(batch.f('ix_core_session_user_id'), ['user_id'], unique=False)
    with op.batch_alter_table('core_share') as batch:
        batch.create_index('ix_core_share_subject', ['subject', 'subject_id'], unique=False)
        batch.create_index('ix_core_share_team', ['team_id', 'until'], unique=False)
        batch.create_index('ix_core_share_user', ['user_id', 'until'], unique=False)
    with op.batch_alter_table('core_stand_in') as batch:
        batch.create_index('ix_core_stand_in_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_stand_in_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_core_stand_in_substitute_id'), ['substitute_id'], unique=False)
        batch.create_index('ix_core_stand_in_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_stand_in_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_tagged') as batch:
        batch.create_index('ix_core_tagged_tag', ['tag_id', 'subject', 'subject_id'], unique=False)
    with op.batch_alter_table('core_task') as batch:
        batch.create_index('ix_core_task_department_id_due', ['department_id', 'due', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_task_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_task_due', ['due', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_task_done', ['owner_id', 'done_at'], unique=False, sqlite_where=sa.text('done_at IS NOT NULL AND deleted_at IS NULL'), postgresql_where=sa.text('done_at IS NOT NULL AND deleted_at IS NULL'))
        batch.create_index('ix_core_task_giver_id_due', ['giver_id', 'due', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_task_giver_id_updated_at', ['giver_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_task_late', ['due', 'id'], unique=False, sqlite_where=sa.text('done_at IS NULL AND deleted_at IS NULL AND escalated_at IS NULL'), postgresql_where=sa.text('done_at IS NULL AND deleted_at IS NULL AND escalated_at IS NULL'))
        batch.create_index('ix_core_task_next', ['next_on', 'id'], unique=False, sqlite_where=sa.text('next_on IS NOT NULL AND deleted_at IS NULL'), postgresql_where=sa.text('next_on IS NOT NULL AND deleted_at IS NULL'))
        batch.create_index('ix_core_task_open', ['owner_id', 'due', 'id'], unique=False, sqlite_where=sa.text('done_at IS NULL AND deleted_at IS NULL'), postgresql_where=sa.text('done_at IS NULL AND deleted_at IS NULL'))
        batch.create_index('ix_core_task_owner_id_due', ['owner_id', 'due', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_task_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_task_remind', ['remind_at', 'id'], unique=False, sqlite_where=sa.text('done_at IS NULL AND deleted_at IS NULL AND remind_at IS NOT NULL'), postgresql_where=sa.text('done_at IS NULL AND deleted_at IS NULL AND remind_at IS NOT NULL'))
        batch.create_index('ix_core_task_subject', ['subject', 'subject_id', 'id'], unique=False)
        batch.create_index('ix_core_task_team_id_due', ['team_id', 'due', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_task_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_task_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_core_task_follows', ['follows_id'], unique=True)
        batch.create_index('uq_core_task_source', ['source_key'], unique=True, sqlite_where=sa.text('done_at IS NULL AND deleted_at IS NULL'), postgresql_where=sa.text('done_at IS NULL AND deleted_at IS NULL'))
    with op.batch_alter_table('core_task_item') as batch:
        batch.create_index(batch.f('ix_core_task_item_task_id'), ['task_id'], unique=False)
    with op.batch_alter_table('core_team_member') as batch:
        batch.create_index(batch.f('ix_core_team_member_team_id'), ['team_id'], unique=False)
        batch.create_index(batch.f('ix_core_team_member_user_id'), ['user_id'], unique=False)
    with op.batch_alter_table('core_token') as batch:
        batch.create_index(batch.f('ix_core_token_user_id'), ['user_id'], unique=False)
    with op.batch_alter_table('core_user_role') as batch:
        batch.create_index(batch.f('ix_core_user_role_role_id'), ['role_id'], unique=False)
        batch.create_index(batch.f('ix_core_user_role_user_id'), ['user_id'], unique=False)
    with op.batch_alter_table('core_customer') as batch:
        batch.create_index('uq_core_customer_code', ['code'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_customer_dealt', ['pool_id', 'dealt_at'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND owner_id IS NOT NULL AND pool_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND owner_id IS NOT NULL AND pool_id IS NOT NULL'))
        batch.create_index('ix_core_customer_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_customer_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_customer_followed', ['pool_id', 'followed_at'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND owner_id IS NOT NULL AND pool_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND owner_id IS NOT NULL AND pool_id IS NOT NULL'))
        batch.create_index('ix_core_customer_match', ['match_key'], unique=False)
        batch.create_index('ix_core_customer_mobile', ['mobile_key'], unique=False)
        batch.create_index('ix_core_customer_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_core_customer_next_founding'), ['next_founding'], unique=False)
        batch.create_index('ix_core_customer_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_customer_owner_id_standing_updated_at', ['owner_id', 'standing', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_customer_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_core_customer_parent_id'), ['parent_id'], unique=False)
        batch.create_index('ix_core_customer_phone', ['phone_key'], unique=False)
        batch.create_index('ix_core_customer_place', ['latitude', 'longitude', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND latitude IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND latitude IS NOT NULL'))
        batch.create_index('ix_core_customer_pool', ['pool_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND owner_id IS NULL AND pool_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND owner_id IS NULL AND pool_id IS NOT NULL'))
        batch.create_index('ix_core_customer_region', ['region_id', 'latitude'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_customer_review', ['review', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND review IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND review IS NOT NULL'))
        batch.create_index('ix_core_customer_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_customer_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_customer_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_pool_member') as batch:
        batch.create_index(batch.f('ix_core_pool_member_pool_id'), ['pool_id'], unique=False)
    with op.batch_alter_table('core_alarm') as batch:
        batch.create_index(batch.f('ix_core_alarm_owner_id'), ['owner_id'], unique=False)
    with op.batch_alter_table('core_rule') as batch:
        batch.create_index(batch.f('ix_core_rule_owner_id'), ['owner_id'], unique=False)
    with op.batch_alter_table('core_rule_run') as batch:
        batch.create_index('ix_core_rule_run_due', ['due_at', 'id'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch.create_index('ix_core_rule_run_rule', ['rule_id', 'id'], unique=False)
        batch.create_index('ix_core_rule_run_subject', ['subject', 'subject_id', 'id'], unique=False)
        batch.create_index('uq_core_rule_run_occasion', ['rule_id', 'subject_id', 'occasion'], unique=True)
    with op.batch_alter_table('core_rule_offer') as batch:
        batch.create_index('uq_core_rule_offer_once', ['subject', 'subject_id', 'offer'], unique=True)
    with op.batch_alter_table('core_address') as batch:
        batch.create_index(batch.f('ix_core_address_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_core_address_street', ['street_key'], unique=False)
    with op.batch_alter_table('core_blacklisting') as batch:
        batch.create_index(batch.f('ix_core_blacklisting_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_core_blacklisting_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_blacklisting_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_blacklisting_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_blacklisting_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_contact') as batch:
        batch.create_index(batch.f('ix_core_contact_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_core_contact_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_contact_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_contact_mobile', ['mobile_key'], unique=False)
        batch.create_index('ix_core_contact_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_core_contact_next_birthday'), ['next_birthday'], unique=False)
        batch.create_index(batch.f('ix_core_contact_next_wedding'), ['next_wedding'], unique=False)
        batch.create_index('ix_core_contact_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_contact_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_contact_phone', ['phone_key'], unique=False)
        batch.create_index('ix_core_contact_review', ['review', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND review IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND review IS NOT NULL'))
        batch.create_index('ix_core_contact_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_contact_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_contact_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_dealing') as batch:
        batch.create_index('ix_core_dealing_customer', ['customer_id', 'day', 'id', 'amount', 'cost', 'deleted_at'], unique=False)
        batch.create_index('ix_core_dealing_day', ['day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_dealing_department_id_day', ['department_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_dealing_owner_id_day', ['owner_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_dealing_team_id_day', ['team_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
    with op.batch_alter_table('core_need') as batch:
        batch.create_index(batch.f('ix_core_need_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_core_need_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_need_kind', ['kind', 'valid_until', 'customer_id'], unique=False)
        batch.create_index('ix_core_need_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_need_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_need_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_note') as batch:
        batch.create_index(batch.f('ix_core_note_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_core_note_department_id_happened_at', ['department_id', 'happened_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_note_happened_at', ['happened_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_note_owner_id_happened_at', ['owner_id', 'happened_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_note_team_id_happened_at', ['team_id', 'happened_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_note_written', ['created_by_id', 'created_at'], unique=False)
        batch.create_index('uq_core_note_key', ['key'], unique=True)
    with op.batch_alter_table('core_offering') as batch:
        batch.create_index(batch.f('ix_core_offering_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_core_offering_department_id_name', ['department_id', 'name', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_offering_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_offering_name', ['name', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_offering_owner_id_name', ['owner_id', 'name', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_offering_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_offering_team_id_name', ['team_id', 'name', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_offering_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_offering_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_profile_entry') as batch:
        batch.create_index(batch.f('ix_core_profile_entry_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_core_profile_entry_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_profile_entry_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_profile_entry_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_profile_entry_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_relation') as batch:
        batch.create_index(batch.f('ix_core_relation_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_core_relation_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_core_relation_other_id'), ['other_id'], unique=False)
        batch.create_index('ix_core_relation_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_relation_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_relation_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_post') as batch:
        batch.create_index(batch.f('ix_core_post_contact_id'), ['contact_id'], unique=False)
        batch.create_index(batch.f('ix_core_post_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_core_post_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_post_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_post_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_post_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_journal') as batch:
        batch.create_index('ix_core_journal_day', ['day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_journal_department_id_day', ['department_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_journal_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_journal_owner_id_day', ['owner_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_journal_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_journal_team_id_day', ['team_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_journal_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_journal_unread', ['owner_id', 'id'], unique=False, sqlite_where=sa.text('read_at IS NULL AND deleted_at IS NULL'), postgresql_where=sa.text('read_at IS NULL AND deleted_at IS NULL'))
        batch.create_index('ix_core_journal_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_core_journal_day', ['owner_id', 'day'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_plan') as batch:
        batch.create_index(batch.f('ix_core_plan_above_id'), ['above_id'], unique=False)
        batch.create_index('ix_core_plan_begins', ['begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_plan_department_id_begins', ['department_id', 'begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_plan_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_plan_owner_id_begins', ['owner_id', 'begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_plan_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_plan_team_id_begins', ['team_id', 'begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_plan_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_plan_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_plan_line') as batch:
        batch.create_index(batch.f('ix_core_plan_line_plan_id'), ['plan_id'], unique=False)
    # --- mail ---
    op.create_table('core_letter',
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('contact_id', ID, nullable=True),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('direction', sa.String(length=40), nullable=False),
        sa.Column('sender', sa.String(length=400), nullable=True),
        sa.Column('receivers', sa.Text(), nullable=True),
        sa.Column('copies', sa.Text(), nullable=True),
        sa.Column('text', sa.Text(), nullable=True),
        sa.Column('author_id', ID, nullable=True),
        sa.Column('html', sa.Text(), nullable=True),
        sa.Column('written_at', AT, nullable=False),
        sa.Column('message_id', sa.String(length=255), nullable=True),
        sa.Column('thread', sa.String(length=255), nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['author_id'], ['core_user.id'], name=op.f('fk_core_letter_author_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['contact_id'], ['core_contact.id'], name=op.f('fk_core_letter_contact_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_letter_customer_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_letter')),
        sa.UniqueConstraint('customer_id', 'message_id', name='uq_core_letter_of')
    )
    op.create_table('core_mail_account',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('address', sa.String(length=254), nullable=False),
        sa.Column('login', sa.String(length=255), nullable=True),
        sa.Column('password', sa.String(length=1000), nullable=True),
        sa.Column('smtp_host', sa.String(length=255), nullable=False),
        sa.Column('smtp_port', sa.Integer(), nullable=False),
        sa.Column('smtp_security', sa.String(length=40), nullable=False),
        sa.Column('imap_host', sa.String(length=255), nullable=True),
        sa.Column('imap_port', sa.Integer(), nullable=False),
        sa.Column('imap_security', sa.String(length=40), nullable=False),
        sa.Column('receive_from', sa.Date(), nullable=True),
        sa.Column('signature', sa.Text(), nullable=True),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('tested_at', AT, nullable=True),
        sa.Column('sending', sa.String(length=500), nullable=True),
        sa.Column('receiving', sa.String(length=500), nullable=True),
        sa.Column('received_at', AT, nullable=True),
        sa.Column('cursor', JSON, nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_mail_account_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_mail_account_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_mail_account_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_mail_account'))
    )
    op.create_table('core_mail',
        sa.Column('account_id', ID, nullable=True),
        sa.Column('receivers', sa.Text(), nullable=False),
        sa.Column('copies', sa.Text(), nullable=True),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('text', sa.Text(), nullable=True),
        sa.Column('hold', sa.Boolean(), nullable=False),
        sa.Column('send_at', AT, nullable=True),
        sa.Column('confidential', sa.Boolean(), nullable=False),
        sa.Column('subject', sa.String(length=80), nullable=True),
        sa.Column('subject_id', ID, nullable=True),
        sa.Column('box', sa.String(length=40), nullable=False),
        sa.Column('sender', sa.String(length=400), nullable=True),
        sa.Column('customer_id', ID, nullable=True),
        sa.Column('contact_id', ID, nullable=True),
        sa.Column('sent_at', AT, nullable=True),
        sa.Column('fault', sa.String(length=500), nullable=True),
        sa.Column('nature', sa.String(length=40), nullable=False),
        sa.Column('read_at', AT, nullable=True),
        sa.Column('html', sa.Text(), nullable=True),
        sa.Column('message_id', sa.String(length=255), nullable=True),
        sa.Column('thread', sa.String(length=255), nullable=True),
        sa.Column('references', sa.Text(), nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['account_id'], ['core_mail_account.id'], name=op.f('fk_core_mail_account_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['contact_id'], ['core_contact.id'], name=op.f('fk_core_mail_contact_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_mail_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_mail_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_mail_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_mail_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_mail'))
    )
    with op.batch_alter_table('core_mail_account') as batch:
        batch.create_index('ix_core_mail_account_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mail_account_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mail_account_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mail_account_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mail_account_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mail_account_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_mail_account_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_mail_account_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_letter') as batch:
        batch.create_index(batch.f('ix_core_letter_contact_id'), ['contact_id'], unique=False)
        batch.create_index(batch.f('ix_core_letter_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_core_letter_department_id_written_at', ['department_id', 'written_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_letter_owner_id_written_at', ['owner_id', 'written_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_letter_team_id_written_at', ['team_id', 'written_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_letter_thread', ['customer_id', 'thread', 'id'], unique=False)
        batch.create_index('ix_core_letter_written_at', ['written_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_mail') as batch:
        batch.create_index(batch.f('ix_core_mail_account_id'), ['account_id'], unique=False)
        batch.create_index(batch.f('ix_core_mail_contact_id'), ['contact_id'], unique=False)
        batch.create_index('ix_core_mail_created_at', ['created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_core_mail_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_core_mail_department_id_created_at', ['department_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mail_due', ['send_at'], unique=False, sqlite_where=sa.text("box = 'scheduled' AND deleted_at IS NULL"), postgresql_where=sa.text("box = 'scheduled' AND deleted_at IS NULL"))
        batch.create_index('ix_core_mail_message_id', ['message_id', 'account_id'], unique=False)
        batch.create_index('ix_core_mail_owner_id_created_at', ['owner_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mail_team_id_created_at', ['team_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_mail_thread', ['thread', 'id'], unique=False)
        batch.create_index('ix_core_mail_unread', ['owner_id', 'id'], unique=False, sqlite_where=sa.text("box = 'received' AND read_at IS NULL AND deleted_at IS NULL"), postgresql_where=sa.text("box = 'received' AND read_at IS NULL AND deleted_at IS NULL"))
        batch.create_index('uq_core_mail_received', ['account_id', 'message_id'], unique=True, sqlite_where=sa.text("box = 'received'"), postgresql_where=sa.text("box = 'received'"))
    op.create_table('core_mail_template',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('about', sa.String(length=40), nullable=False),
        sa.Column('language', sa.String(length=40), nullable=True),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_mail_template_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_mail_template_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_mail_template_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_mail_template'))
    )
    with op.batch_alter_table('core_mail_template') as batch:
        batch.create_index('ix_core_mail_template_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mail_template_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mail_template_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mail_template_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mail_template_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mail_template_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_mail_template_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_mail_template_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    op.create_table('core_mailing',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('wanted', sa.String(length=2000), nullable=True),
        sa.Column('account_id', ID, nullable=True),
        sa.Column('template_id', ID, nullable=True),
        sa.Column('title', sa.String(length=200), nullable=True),
        sa.Column('text', sa.Text(), nullable=True),
        sa.Column('topic', sa.String(length=40), nullable=True),
        sa.Column('rate', sa.Integer(), nullable=True),
        sa.Column('send_at', AT, nullable=True),
        sa.Column('filed', sa.Boolean(), nullable=False),
        sa.Column('about', sa.String(length=40), nullable=False),
        sa.Column('stage', sa.String(length=40), nullable=False),
        sa.Column('total', sa.Integer(), nullable=False),
        sa.Column('sent', sa.Integer(), nullable=False),
        sa.Column('started_at', AT, nullable=True),
        sa.Column('ended_at', AT, nullable=True),
        sa.Column('fault', sa.String(length=500), nullable=True),
        sa.Column('ids', JSON, nullable=True),
        sa.Column('prepared', sa.Boolean(), nullable=False),
        sa.Column('run', sa.Integer(), nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['account_id'], ['core_mail_account.id'], name=op.f('fk_core_mailing_account_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_mailing_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_mailing_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_mailing_team_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['template_id'], ['core_mail_template.id'], name=op.f('fk_core_mailing_template_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_mailing'))
    )
    with op.batch_alter_table('core_mailing') as batch:
        batch.create_index(batch.f('ix_core_mailing_account_id'), ['account_id'], unique=False)
        batch.create_index('ix_core_mailing_created_at', ['created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mailing_department_id_created_at', ['department_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mailing_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mailing_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mailing_owner_id_created_at', ['owner_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mailing_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mailing_owner_id_stage_created_at', ['owner_id', 'stage', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mailing_team_id_created_at', ['team_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_mailing_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index(batch.f('ix_core_mailing_template_id'), ['template_id'], unique=False)
    op.create_table('core_mailing_receiver',
        sa.Column('mailing_id', ID, nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('address', sa.String(length=254), nullable=True),
        sa.Column('fate', sa.String(length=40), nullable=False),
        sa.Column('said', sa.String(length=500), nullable=True),
        sa.Column('sent_at', AT, nullable=True),
        sa.Column('opted_out_at', AT, nullable=True),
        sa.Column('customer_id', ID, nullable=True),
        sa.Column('contact_id', ID, nullable=True),
        sa.Column('record_id', ID, nullable=False),
        sa.Column('address_key', sa.String(length=254), nullable=True),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['contact_id'], ['core_contact.id'], name=op.f('fk_core_mailing_receiver_contact_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_mailing_receiver_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['mailing_id'], ['core_mailing.id'], name=op.f('fk_core_mailing_receiver_mailing_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_mailing_receiver')),
        sa.UniqueConstraint('mailing_id', 'address_key', name='uq_core_mailing_receiver_address'),
        sa.UniqueConstraint('mailing_id', 'record_id', name='uq_core_mailing_receiver_record')
    )
    with op.batch_alter_table('core_mailing_receiver') as batch:
        batch.create_index(batch.f('ix_core_mailing_receiver_contact_id'), ['contact_id'], unique=False)
        batch.create_index('ix_core_mailing_receiver_created_at', ['created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_core_mailing_receiver_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_core_mailing_receiver_department_id_created_at', ['department_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mailing_receiver_fate', ['mailing_id', 'fate', 'tries', 'id'], unique=False)
        batch.create_index('ix_core_mailing_receiver_owner_id_created_at', ['owner_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_mailing_receiver_team_id_created_at', ['team_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
    # --- mail ends ---
    # --- channels ---
    op.create_table('core_channel',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('url', sa.String(length=1000), nullable=True),
        sa.Column('secret', sa.String(length=1000), nullable=True),
        sa.Column('body', sa.Text(), nullable=True),
        sa.Column('for_people', sa.Boolean(), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_channel'))
    )
    op.create_table('core_told',
        sa.Column('user_id', ID, nullable=False),
        sa.Column('quiet_from', sa.String(length=5), nullable=True),
        sa.Column('quiet_until', sa.String(length=5), nullable=True),
        sa.Column('channel_id', ID, nullable=True),
        sa.Column('told_from', ID, nullable=False),
        sa.Column('digest', sa.String(length=40), nullable=False),
        sa.Column('digest_at', sa.String(length=5), nullable=False),
        sa.Column('digest_day', sa.Integer(), nullable=False),
        sa.Column('digested_at', AT, nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_told_user_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_told')),
        sa.UniqueConstraint('user_id', name=op.f('uq_core_told_user_id'))
    )
    op.create_table('core_sms',
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('contact_id', ID, nullable=True),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('fault', sa.String(length=500), nullable=True),
        sa.Column('author_id', ID, nullable=True),
        sa.Column('sent_at', AT, nullable=True),
        sa.Column('channel_id', ID, nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['author_id'], ['core_user.id'], name=op.f('fk_core_sms_author_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['channel_id'], ['core_channel.id'], name=op.f('fk_core_sms_channel_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['contact_id'], ['core_contact.id'], name=op.f('fk_core_sms_contact_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_sms_customer_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_sms'))
    )
    with op.batch_alter_table('core_channel') as batch:
        batch.create_index('ix_core_channel_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_channel_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_core_channel_name', ['name'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_sms') as batch:
        batch.create_index(batch.f('ix_core_sms_contact_id'), ['contact_id'], unique=False)
        batch.create_index('ix_core_sms_created_at', ['created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_core_sms_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_core_sms_department_id_created_at', ['department_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_sms_owner_id_created_at', ['owner_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_sms_team_id_created_at', ['team_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
    # --- channels end ---
    # --- calendar ---
    op.create_table('core_room',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80), nullable=False),
        sa.Column('seats', sa.Integer(), nullable=True),
        sa.Column('place', sa.String(length=255), nullable=True),
        sa.Column('equipment', sa.String(length=255), nullable=True),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_room_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_room_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_room_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_room'))
    )
    op.create_table('core_appointment',
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('begins', AT, nullable=False),
        sa.Column('ends', AT, nullable=True),
        sa.Column('room_id', ID, nullable=True),
        sa.Column('place', sa.String(length=255), nullable=True),
        sa.Column('text', sa.Text(), nullable=True),
        sa.Column('closed', sa.Boolean(), nullable=False),
        sa.Column('subject', sa.String(length=80), nullable=True),
        sa.Column('subject_id', ID, nullable=True),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('answer', sa.String(length=40), nullable=True),
        sa.Column('organizer', sa.String(length=400), nullable=True),
        sa.Column('zone', sa.String(length=60), nullable=True),
        sa.Column('of_id', ID, nullable=True),
        sa.Column('uid', sa.String(length=255), nullable=True),
        sa.Column('sequence', sa.Integer(), nullable=False),
        sa.Column('account_id', ID, nullable=True),
        sa.Column('mail_id', ID, nullable=True),
        sa.Column('told', sa.String(length=40), nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_appointment_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_appointment_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['room_id'], ['core_room.id'], name=op.f('fk_core_appointment_room_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_appointment_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_appointment'))
    )
    op.create_table('core_appointment_guest',
        sa.Column('appointment_id', ID, nullable=False),
        sa.Column('user_id', ID, nullable=True),
        sa.Column('contact_id', ID, nullable=True),
        sa.Column('address', sa.String(length=254), nullable=True),
        sa.Column('answer', sa.String(length=40), nullable=False),
        sa.Column('sent', sa.Integer(), nullable=False),
        sa.Column('answered_at', AT, nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['appointment_id'], ['core_appointment.id'], name=op.f('fk_core_appointment_guest_appointment_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['contact_id'], ['core_contact.id'], name=op.f('fk_core_appointment_guest_contact_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_appointment_guest_user_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_appointment_guest'))
    )
    with op.batch_alter_table('core_room') as batch:
        batch.create_index('ix_core_room_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_room_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_room_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_room_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_room_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_room_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_room_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_room_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_appointment') as batch:
        batch.create_index('ix_core_appointment_begins', ['begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_appointment_days', ['owner_id', 'ends', 'begins'], unique=False)
        batch.create_index('ix_core_appointment_department_id_begins', ['department_id', 'begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_appointment_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_appointment_mail_id', ['mail_id'], unique=False, sqlite_where=sa.text('mail_id IS NOT NULL'), postgresql_where=sa.text('mail_id IS NOT NULL'))
        batch.create_index('ix_core_appointment_owner_id_begins', ['owner_id', 'begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_appointment_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_appointment_room', ['room_id', 'ends', 'begins'], unique=False, sqlite_where=sa.text('room_id IS NOT NULL'), postgresql_where=sa.text('room_id IS NOT NULL'))
        batch.create_index('ix_core_appointment_subject', ['subject', 'subject_id', 'id'], unique=False)
        batch.create_index('ix_core_appointment_team_id_begins', ['team_id', 'begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_appointment_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index(batch.f('ix_core_appointment_uid'), ['uid'], unique=False)
        batch.create_index('ix_core_appointment_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_core_appointment_of', ['of_id', 'owner_id'], unique=True)
    with op.batch_alter_table('core_appointment_guest') as batch:
        batch.create_index(batch.f('ix_core_appointment_guest_appointment_id'), ['appointment_id'], unique=False)
        batch.create_index(batch.f('ix_core_appointment_guest_contact_id'), ['contact_id'], unique=False)
        batch.create_index(batch.f('ix_core_appointment_guest_user_id'), ['user_id'], unique=False)
    # --- calendar ends ---
    # --- products ---
    op.create_table('core_appointment_series',
        sa.Column('uid', sa.String(length=255), nullable=False),
        sa.Column('made_until', sa.Date(), nullable=False),
        sa.Column('sequence', sa.Integer(), nullable=False),
        sa.Column('account_id', ID, nullable=True),
        sa.Column('told', JSON, nullable=False),
        sa.Column('source', sa.Text(), nullable=True),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_appointment_series'))
    )
    op.create_table('core_currency',
        sa.Column('code', sa.String(length=3), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_currency'))
    )
    op.create_table('core_currency_rate',
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('rate', sa.BigInteger(), nullable=False),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_currency_rate'))
    )
    op.create_table('core_customer_value',
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('stage', sa.String(length=40), nullable=False),
        sa.Column('since', sa.Date(), nullable=False),
        sa.Column('rule_stage', sa.String(length=40), nullable=False),
        sa.Column('why', sa.String(length=40), nullable=False),
        sa.Column('by_hand', sa.Boolean(), nullable=False),
        sa.Column('hand_until', sa.Date(), nullable=True),
        sa.Column('hand_why', sa.String(length=255), nullable=True),
        sa.Column('churn', sa.String(length=40), nullable=True),
        sa.Column('churn_since', sa.Date(), nullable=True),
        sa.Column('falls_on', sa.Date(), nullable=True),
        sa.Column('rfm', sa.String(length=3), nullable=True),
        sa.Column('last_on', sa.Date(), nullable=False),
        sa.Column('first_on', sa.Date(), nullable=False),
        sa.Column('deals', sa.Integer(), nullable=False),
        sa.Column('usual', sa.Integer(), nullable=True),
        sa.Column('year', sa.BigInteger(), nullable=False),
        sa.Column('year_before', sa.BigInteger(), nullable=True),
        sa.Column('total', sa.BigInteger(), nullable=False),
        sa.Column('average', sa.BigInteger(), nullable=False),
        sa.Column('goods', sa.BigInteger(), nullable=True),
        sa.Column('commission', sa.BigInteger(), nullable=True),
        sa.Column('service', sa.BigInteger(), nullable=True),
        sa.Column('favours', sa.BigInteger(), nullable=True),
        sa.Column('debt', sa.BigInteger(), nullable=True),
        sa.Column('profit', sa.BigInteger(), nullable=True),
        sa.Column('alive', sa.Integer(), nullable=True),
        sa.Column('expected', sa.BigInteger(), nullable=True),
        sa.Column('spends', sa.BigInteger(), nullable=True),
        sa.Column('lifetime', sa.BigInteger(), nullable=True),
        sa.Column('value_class', sa.String(length=40), nullable=True),
        sa.Column('care', sa.String(length=40), nullable=True),
        sa.Column('signs', sa.Integer(), nullable=False),
        sa.Column('troubles', JSON, nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_customer_value_customer_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_customer_value'))
    )
    op.create_table('core_payment_term',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('english', sa.String(length=255), nullable=False),
        sa.Column('advance', sa.Integer(), nullable=False),
        sa.Column('days', sa.Integer(), nullable=False),
        sa.Column('month_end', sa.Boolean(), nullable=False),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_payment_term'))
    )
    op.create_table('core_product_category',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('english', sa.String(length=255), nullable=False),
        sa.Column('parent_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['parent_id'], ['core_product_category.id'], name=op.f('fk_core_product_category_parent_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_product_category'))
    )
    op.create_table('core_stage_move',
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('before', sa.String(length=40), nullable=True),
        sa.Column('stage', sa.String(length=40), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('month', sa.String(length=7), nullable=False),
        sa.Column('by_hand', sa.Boolean(), nullable=False),
        sa.Column('why', sa.String(length=40), nullable=True),
        sa.Column('reason', sa.String(length=255), nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_stage_move_customer_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_stage_move'))
    )
    op.create_table('core_unit',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('english', sa.String(length=255), nullable=False),
        sa.Column('base_id', ID, nullable=True),
        sa.Column('factor', sa.BigInteger(), nullable=True),
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
        sa.ForeignKeyConstraint(['base_id'], ['core_unit.id'], name=op.f('fk_core_unit_base_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_unit'))
    )
    op.create_table('core_value_model',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('figures', JSON, nullable=False),
        sa.Column('id', ID, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_value_model'))
    )
    op.create_table('core_value_proposal',
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('about', sa.String(length=40), nullable=False),
        sa.Column('care', sa.String(length=40), nullable=True),
        sa.Column('value_class', sa.String(length=40), nullable=True),
        sa.Column('figures', JSON, nullable=False),
        sa.Column('year', sa.BigInteger(), nullable=False),
        sa.Column('answer', sa.String(length=40), nullable=False),
        sa.Column('made_on', sa.Date(), nullable=False),
        sa.Column('answered_on', sa.Date(), nullable=True),
        sa.Column('answered_by_id', ID, nullable=True),
        sa.Column('answer_why', sa.String(length=255), nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['answered_by_id'], ['core_user.id'], name=op.f('fk_core_value_proposal_answered_by_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_value_proposal_customer_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_value_proposal'))
    )
    op.create_table('core_price_list',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('english', sa.String(length=255), nullable=True),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('begins', sa.Date(), nullable=True),
        sa.Column('ends', sa.Date(), nullable=True),
        sa.Column('customer_id', ID, nullable=True),
        sa.Column('tag_id', ID, nullable=True),
        sa.Column('customer_kind', sa.String(length=40), nullable=True),
        sa.Column('standing', sa.String(length=40), nullable=True),
        sa.Column('region_id', ID, nullable=True),
        sa.Column('payment_term_id', ID, nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_core_price_list_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_price_list_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_price_list_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['payment_term_id'], ['core_payment_term.id'], name=op.f('fk_core_price_list_payment_term_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['region_id'], ['core_region.id'], name=op.f('fk_core_price_list_region_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['tag_id'], ['core_tag.id'], name=op.f('fk_core_price_list_tag_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_price_list_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_price_list'))
    )
    op.create_table('core_product',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('english', sa.String(length=255), nullable=True),
        sa.Column('code', sa.String(length=60), nullable=True),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('life', sa.String(length=40), nullable=False),
        sa.Column('category_id', ID, nullable=True),
        sa.Column('unit_id', ID, nullable=True),
        sa.Column('parent_id', ID, nullable=True),
        sa.Column('price', sa.BigInteger(), nullable=True),
        sa.Column('cost', sa.BigInteger(), nullable=True),
        sa.Column('tax', sa.Integer(), nullable=False),
        sa.Column('term', sa.Integer(), nullable=True),
        sa.Column('term_unit', sa.String(length=40), nullable=True),
        sa.Column('issues', sa.Integer(), nullable=True),
        sa.Column('copies', sa.Integer(), nullable=True),
        sa.Column('renewal', sa.String(length=40), nullable=True),
        sa.Column('notice', sa.Integer(), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['category_id'], ['core_product_category.id'], name=op.f('fk_core_product_category_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_core_product_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_core_product_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['parent_id'], ['core_product.id'], name=op.f('fk_core_product_parent_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_core_product_team_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_core_product_unit_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_product'))
    )
    op.create_table('core_price_line',
        sa.Column('price_list_id', ID, nullable=False),
        sa.Column('product_id', ID, nullable=True),
        sa.Column('category_id', ID, nullable=True),
        sa.Column('from_quantity', sa.BigInteger(), nullable=False),
        sa.Column('price', sa.BigInteger(), nullable=True),
        sa.Column('discount', sa.Integer(), nullable=True),
        sa.Column('allowance', sa.BigInteger(), nullable=True),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['category_id'], ['core_product_category.id'], name=op.f('fk_core_price_line_category_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['price_list_id'], ['core_price_list.id'], name=op.f('fk_core_price_line_price_list_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['product_id'], ['core_product.id'], name=op.f('fk_core_price_line_product_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_price_line'))
    )
    op.create_table('core_product_attribute',
        sa.Column('product_id', ID, nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('values', sa.String(length=255), nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['product_id'], ['core_product.id'], name=op.f('fk_core_product_attribute_product_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_product_attribute'))
    )
    op.create_table('core_product_choice',
        sa.Column('product_id', ID, nullable=False),
        sa.Column('option', sa.String(length=60), nullable=False),
        sa.Column('option_english', sa.String(length=60), nullable=True),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('english', sa.String(length=60), nullable=True),
        sa.Column('surcharge', sa.BigInteger(), nullable=True),
        sa.Column('percent', sa.Integer(), nullable=True),
        sa.Column('optional', sa.Boolean(), nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['product_id'], ['core_product.id'], name=op.f('fk_core_product_choice_product_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_product_choice'))
    )
    op.create_table('core_product_combination',
        sa.Column('product_id', ID, nullable=False),
        sa.Column('given', sa.String(length=60), nullable=False),
        sa.Column('how', sa.String(length=40), nullable=False),
        sa.Column('other', sa.String(length=255), nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['product_id'], ['core_product.id'], name=op.f('fk_core_product_combination_product_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_product_combination'))
    )
    op.create_table('core_product_part',
        sa.Column('product_id', ID, nullable=False),
        sa.Column('part_id', ID, nullable=False),
        sa.Column('quantity', sa.BigInteger(), nullable=False),
        sa.Column('owner_id', ID, nullable=True),
        sa.Column('department_id', ID, nullable=True),
        sa.Column('team_id', ID, nullable=True),
        sa.Column('custom', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['part_id'], ['core_product.id'], name=op.f('fk_core_product_part_part_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['product_id'], ['core_product.id'], name=op.f('fk_core_product_part_product_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_product_part'))
    )
    op.create_table('core_product_wish',
        sa.Column('product_id', ID, nullable=False),
        sa.Column('wish', sa.String(length=255), nullable=False),
        sa.Column('free', sa.Boolean(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('document', sa.String(length=80), nullable=False),
        sa.Column('line_id', ID, nullable=False),
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
        sa.ForeignKeyConstraint(['product_id'], ['core_product.id'], name=op.f('fk_core_product_wish_product_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_product_wish'))
    )
    with op.batch_alter_table('core_appointment_series') as batch:
        batch.create_index(batch.f('ix_core_appointment_series_uid'), ['uid'], unique=False)
    with op.batch_alter_table('core_currency') as batch:
        batch.create_index('ix_core_currency_code', ['code', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_currency_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_core_currency_code', ['code'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_currency_rate') as batch:
        batch.create_index('ix_core_currency_rate_day', ['day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_core_currency_rate', ['currency', 'day'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_payment_term') as batch:
        batch.create_index('ix_core_payment_term_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_payment_term_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_product_category') as batch:
        batch.create_index('ix_core_product_category_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_core_product_category_parent_id'), ['parent_id'], unique=False)
        batch.create_index('ix_core_product_category_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_unit') as batch:
        batch.create_index(batch.f('ix_core_unit_base_id'), ['base_id'], unique=False)
        batch.create_index('ix_core_unit_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_unit_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_product') as batch:
        batch.create_index(batch.f('ix_core_product_category_id'), ['category_id'], unique=False)
        batch.create_index('ix_core_product_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_product_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_product_name', ['name_key', 'id'], unique=False)
        batch.create_index('ix_core_product_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_product_owner_id_life_name_key', ['owner_id', 'life', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_product_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_product_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_core_product_parent_id'), ['parent_id'], unique=False)
        batch.create_index('ix_core_product_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_product_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index(batch.f('ix_core_product_unit_id'), ['unit_id'], unique=False)
        batch.create_index('ix_core_product_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_core_product_code', ['code'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_product_attribute') as batch:
        batch.create_index(batch.f('ix_core_product_attribute_product_id'), ['product_id'], unique=False)
    with op.batch_alter_table('core_product_choice') as batch:
        batch.create_index(batch.f('ix_core_product_choice_product_id'), ['product_id'], unique=False)
    with op.batch_alter_table('core_product_combination') as batch:
        batch.create_index(batch.f('ix_core_product_combination_product_id'), ['product_id'], unique=False)
    with op.batch_alter_table('core_product_part') as batch:
        batch.create_index(batch.f('ix_core_product_part_part_id'), ['part_id'], unique=False)
        batch.create_index(batch.f('ix_core_product_part_product_id'), ['product_id'], unique=False)
    with op.batch_alter_table('core_product_wish') as batch:
        batch.create_index(batch.f('ix_core_product_wish_day'), ['day'], unique=False)
        batch.create_index('ix_core_product_wish_line', ['document', 'line_id'], unique=False)
        batch.create_index(batch.f('ix_core_product_wish_product_id'), ['product_id'], unique=False)
    with op.batch_alter_table('core_customer_value') as batch:
        batch.create_index('ix_core_customer_value_department_id_lifetime', ['department_id', 'lifetime', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_customer_value_department_id_year', ['department_id', 'year', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_customer_value_lifetime', ['lifetime', 'id'], unique=False)
        batch.create_index('ix_core_customer_value_owner_id_lifetime', ['owner_id', 'lifetime', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_customer_value_owner_id_stage_year', ['owner_id', 'stage', 'year', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_customer_value_owner_id_year', ['owner_id', 'year', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_customer_value_stage', ['stage', 'id'], unique=False)
        batch.create_index('ix_core_customer_value_team_id_lifetime', ['team_id', 'lifetime', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_customer_value_team_id_year', ['team_id', 'year', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_customer_value_year', ['year', 'id'], unique=False)
        batch.create_index('uq_core_customer_value_customer', ['customer_id'], unique=True)
    with op.batch_alter_table('core_price_list') as batch:
        batch.create_index(batch.f('ix_core_price_list_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_core_price_list_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_price_list_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_price_list_name', ['name_key', 'id'], unique=False)
        batch.create_index('ix_core_price_list_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_price_list_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_price_list_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_core_price_list_payment_term_id'), ['payment_term_id'], unique=False)
        batch.create_index(batch.f('ix_core_price_list_region_id'), ['region_id'], unique=False)
        batch.create_index(batch.f('ix_core_price_list_tag_id'), ['tag_id'], unique=False)
        batch.create_index('ix_core_price_list_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_price_list_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_core_price_list_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('core_stage_move') as batch:
        batch.create_index('ix_core_stage_move_customer', ['customer_id', 'day', 'id'], unique=False)
        batch.create_index('ix_core_stage_move_day', ['day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_stage_move_department_id_day', ['department_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_stage_move_owner_id_day', ['owner_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_stage_move_team_id_day', ['team_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
    with op.batch_alter_table('core_value_proposal') as batch:
        batch.create_index('ix_core_value_proposal_customer', ['customer_id', 'about', 'id'], unique=False)
        batch.create_index('ix_core_value_proposal_department_id_made_on', ['department_id', 'made_on', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_value_proposal_made_on', ['made_on', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_value_proposal_owner_id_answer_made_on', ['owner_id', 'answer', 'made_on', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_value_proposal_owner_id_made_on', ['owner_id', 'made_on', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_core_value_proposal_team_id_made_on', ['team_id', 'made_on', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('uq_core_value_proposal_open', ['customer_id', 'about'], unique=True, sqlite_where=sa.text("answer = 'open' AND deleted_at IS NULL"), postgresql_where=sa.text("answer = 'open' AND deleted_at IS NULL"))
    with op.batch_alter_table('core_price_line') as batch:
        batch.create_index(batch.f('ix_core_price_line_category_id'), ['category_id'], unique=False)
        batch.create_index(batch.f('ix_core_price_line_price_list_id'), ['price_list_id'], unique=False)
        batch.create_index(batch.f('ix_core_price_line_product_id'), ['product_id'], unique=False)
    with op.batch_alter_table('core_appointment') as batch:
        batch.add_column(sa.Column('remind', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('remind_at', AT, nullable=True))
        batch.add_column(sa.Column('repeat', sa.String(length=200), nullable=True))
        batch.add_column(sa.Column('reach', sa.String(length=40), server_default='one', nullable=False))
        batch.add_column(sa.Column('series_id', ID, nullable=True))
        batch.add_column(sa.Column('slot', AT, nullable=True))
        batch.add_column(sa.Column('apart', sa.Boolean(), server_default='0', nullable=False))
        batch.create_index('ix_core_appointment_remind', ['remind_at', 'id'], unique=False, sqlite_where=sa.text('remind_at IS NOT NULL'), postgresql_where=sa.text('remind_at IS NOT NULL'))
        batch.create_index('ix_core_appointment_series', ['series_id', 'slot'], unique=False, sqlite_where=sa.text('series_id IS NOT NULL'), postgresql_where=sa.text('series_id IS NOT NULL'))
        batch.create_foreign_key(batch.f('fk_core_appointment_series_id'), 'core_appointment_series', ['series_id'], ['id'], ondelete='SET NULL')
    with op.batch_alter_table('core_dealing') as batch:
        batch.create_index('ix_core_dealing_product', ['product_id', 'customer_id'], unique=False, sqlite_where=sa.text('product_id IS NOT NULL'), postgresql_where=sa.text('product_id IS NOT NULL'))
    with op.batch_alter_table('core_plan_line') as batch:
        batch.add_column(sa.Column('category_id', ID, nullable=True))
        batch.add_column(sa.Column('product_id', ID, nullable=True))
        batch.create_index(batch.f('ix_core_plan_line_category_id'), ['category_id'], unique=False)
        batch.create_index(batch.f('ix_core_plan_line_product_id'), ['product_id'], unique=False)
        batch.create_foreign_key(batch.f('fk_core_plan_line_product_id'), 'core_product', ['product_id'], ['id'], ondelete='RESTRICT')
        batch.create_foreign_key(batch.f('fk_core_plan_line_category_id'), 'core_product_category', ['category_id'], ['id'], ondelete='RESTRICT')
    with op.batch_alter_table('core_team') as batch:
        batch.add_column(sa.Column('head_id', ID, nullable=True))
        batch.create_index(batch.f('ix_core_team_head_id'), ['head_id'], unique=False)
        batch.create_foreign_key(batch.f('fk_core_team_head_id'), 'core_user', ['head_id'], ['id'], ondelete='RESTRICT')
    # --- products ends ---



def downgrade() -> None:
    # --- products ---
    with op.batch_alter_table('core_team') as batch:
        batch.drop_constraint(batch.f('fk_core_team_head_id'), type_='foreignkey')
        batch.drop_index(batch.f('ix_core_team_head_id'))
        batch.drop_column('head_id')
    with op.batch_alter_table('core_plan_line') as batch:
        batch.drop_constraint(batch.f('fk_core_plan_line_category_id'), type_='foreignkey')
        batch.drop_constraint(batch.f('fk_core_plan_line_product_id'), type_='foreignkey')
        batch.drop_index(batch.f('ix_core_plan_line_product_id'))
        batch.drop_index(batch.f('ix_core_plan_line_category_id'))
        batch.drop_column('product_id')
        batch.drop_column('category_id')
    with op.batch_alter_table('core_dealing') as batch:
        batch.drop_index('ix_core_dealing_product', sqlite_where=sa.text('product_id IS NOT NULL'), postgresql_where=sa.text('product_id IS NOT NULL'))
    with op.batch_alter_table('core_appointment') as batch:
        batch.drop_constraint(batch.f('fk_core_appointment_series_id'), type_='foreignkey')
        batch.drop_index('ix_core_appointment_series', sqlite_where=sa.text('series_id IS NOT NULL'), postgresql_where=sa.text('series_id IS NOT NULL'))
        batch.drop_index('ix_core_appointment_remind', sqlite_where=sa.text('remind_at IS NOT NULL'), postgresql_where=sa.text('remind_at IS NOT NULL'))
        batch.drop_column('apart')
        batch.drop_column('slot')
        batch.drop_column('series_id')
        batch.drop_column('reach')
        batch.drop_column('repeat')
        batch.drop_column('remind_at')
        batch.drop_column('remind')
    op.drop_table('core_product_wish')
    op.drop_table('core_product_part')
    op.drop_table('core_product_combination')
    op.drop_table('core_product_choice')
    op.drop_table('core_product_attribute')
    op.drop_table('core_price_line')
    op.drop_table('core_product')
    op.drop_table('core_price_list')
    op.drop_table('core_value_proposal')
    op.drop_table('core_value_model')
    op.drop_table('core_unit')
    op.drop_table('core_stage_move')
    op.drop_table('core_product_category')
    op.drop_table('core_payment_term')
    op.drop_table('core_customer_value')
    op.drop_table('core_currency_rate')
    op.drop_table('core_currency')
    op.drop_table('core_appointment_series')
    # --- products ends ---
    # --- calendar ---
    op.drop_table('core_appointment_guest')
    op.drop_table('core_appointment')
    op.drop_table('core_room')
    # --- calendar ends ---
    # --- channels ---
    op.drop_table('core_sms')
    op.drop_table('core_told')
    op.drop_table('core_channel')
    # --- channels end ---
    # --- mail ---
    op.drop_table('core_mailing_receiver')
    op.drop_table('core_mailing')
    op.drop_table('core_mail_template')
    op.drop_table('core_mail')
    op.drop_table('core_mail_account')
    op.drop_table('core_letter')
    # --- mail ends ---
    with op.batch_alter_table('core_department') as batch:
        batch.drop_constraint(batch.f('fk_core_department_team_id'), type_='foreignkey')
        batch.drop_constraint(batch.f('fk_core_department_owner_id'), type_='foreignkey')
    op.drop_table('core_plan_line')
    op.drop_table('core_plan')
    op.drop_table('core_journal')
    op.drop_table('core_alarm')
    op.drop_table('core_rule_offer')
    op.drop_table('core_rule_run')
    op.drop_table('core_rule')
    op.drop_table('core_post')
    op.drop_table('core_relation')
    op.drop_table('core_profile_entry')
    op.drop_table('core_offering')
    op.drop_table('core_note')
    op.drop_table('core_need')
    op.drop_table('core_dealing')
    op.drop_table('core_contact')
    op.drop_table('core_blacklisting')
    op.drop_table('core_address')
    op.drop_table('core_pool_member')
    op.drop_table('core_webhook_delivery')
    op.drop_table('core_incoming_call')
    op.drop_table('core_webhook')
    op.drop_table('core_incoming')
    op.drop_table('core_import_row')
    op.drop_table('core_customer')
    op.drop_table('core_user_role')
    op.drop_table('core_token')
    op.drop_table('core_team_member')
    op.drop_table('core_task_item')
    op.drop_table('core_task')
    op.drop_table('core_tagged')
    op.drop_table('core_stand_in')
    op.drop_table('core_share')
    op.drop_table('core_session')
    op.drop_table('core_print_template')
    op.drop_table('core_recommendation')
    op.drop_table('core_pool')
    op.drop_table('core_one_time')
    op.drop_table('core_notice')
    op.drop_table('core_message')
    op.drop_table('core_merge_moved')
    op.drop_table('core_import')
    op.drop_table('core_history')
    op.drop_table('core_grant')
    op.drop_table('core_field_rule')
    op.drop_table('core_attachment_content')
    op.drop_table('core_approval_vote')
    op.drop_table('core_approval_place')
    op.drop_table('core_flow')
    op.drop_table('core_view')
    op.drop_table('core_user')
    op.drop_table('core_twin')
    op.drop_table('core_timeline')
    op.drop_table('core_throttle')
    op.drop_table('core_team')
    op.drop_table('core_tag')
    op.drop_table('core_stream')
    op.drop_table('core_special_day')
    op.drop_table('core_site')
    op.drop_table('core_setting')
    op.drop_table('core_series')
    op.drop_table('core_security_event')
    op.drop_table('core_search_waiting')
    op.drop_table('core_search')
    op.drop_table('core_role')
    op.drop_table('core_region')
    op.drop_table('core_reference')
    op.drop_table('core_printing')
    op.drop_table('core_position')
    op.drop_table('core_plugin')
    op.drop_table('core_paper')
    op.drop_table('core_outbox')
    op.drop_table('core_merge')
    op.drop_table('core_layout')
    op.drop_table('core_job')
    op.drop_table('core_industry')
    op.drop_table('core_import_profile')
    op.drop_table('core_idempotency')
    op.drop_table('core_holding')
    op.drop_table('core_foreign_id')
    op.drop_table('core_file')
    op.drop_table('core_feed')
    op.drop_table('core_draft')
    op.drop_table('core_department')
    op.drop_table('core_custom_field')
    op.drop_table('core_completeness_rule')
    op.drop_table('core_choice')
    op.drop_table('core_change')
    op.drop_table('core_attachment')
    op.drop_table('core_approval')
    op.drop_table('core_access')
