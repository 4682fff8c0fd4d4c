"""first: generated from the models, then read and mended by hand; imports nothing of the program. Long because it makes every table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "sales_0001"
down_revision = None
# Tables, indexes and triggers that change on purpose, and tables whose number of rows does; a difference elsewhere
# rolls the upgrade back.
changes = ()
fills = ()

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table('sales_call_script',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('opening', sa.Text(), nullable=True),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_call_script'))
    )
    op.create_table('sales_claim',
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=True),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('customer_id', ID, nullable=True),
        sa.Column('what', sa.Text(), nullable=True),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('answer', sa.Text(), nullable=True),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_claim_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_claim_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_claim_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_claim_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_claim'))
    )
    op.create_table('sales_clause',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('english', sa.String(length=255), nullable=False),
        sa.Column('position', sa.BigInteger(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('english_text', sa.Text(), nullable=True),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_clause'))
    )
    op.create_table('sales_commission_policy',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('basis', sa.String(length=40), nullable=False),
        sa.Column('customers', sa.String(length=40), nullable=False),
        sa.Column('by', sa.String(length=40), nullable=False),
        sa.Column('role_id', ID, nullable=True),
        sa.Column('place_id', ID, nullable=True),
        sa.Column('category_id', ID, nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('follows_id', ID, nullable=True),
        sa.Column('begins', sa.Date(), nullable=False),
        sa.Column('ends', sa.Date(), nullable=True),
        sa.Column('edition', sa.BigInteger(), nullable=False),
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
        sa.ForeignKeyConstraint(['category_id'], ['core_product_category.id'], name=op.f('fk_sales_commission_policy_category_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_commission_policy_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['follows_id'], ['sales_commission_policy.id'], name=op.f('fk_sales_commission_policy_follows_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_commission_policy_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['place_id'], ['core_department.id'], name=op.f('fk_sales_commission_policy_place_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['role_id'], ['core_role.id'], name=op.f('fk_sales_commission_policy_role_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_commission_policy_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_commission_policy'))
    )
    op.create_table('sales_competitor',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('website', sa.String(length=500), nullable=True),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_competitor'))
    )
    op.create_table('sales_credit',
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('grade', sa.String(length=40), nullable=True),
        sa.Column('limit', sa.BigInteger(), nullable=True),
        sa.Column('days', sa.BigInteger(), nullable=True),
        sa.Column('why', sa.String(length=255), nullable=True),
        sa.Column('set_by_id', ID, nullable=True),
        sa.Column('set_on', sa.Date(), nullable=True),
        sa.Column('proposed', sa.String(length=40), nullable=True),
        sa.Column('proposed_limit', sa.BigInteger(), nullable=True),
        sa.Column('proposed_days', sa.BigInteger(), nullable=True),
        sa.Column('proposed_on', sa.Date(), nullable=True),
        sa.Column('late', sa.BigInteger(), nullable=True),
        sa.Column('turnover', sa.BigInteger(), nullable=True),
        sa.Column('invoices', sa.BigInteger(), nullable=True),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_credit_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['set_by_id'], ['core_user.id'], name=op.f('fk_sales_credit_set_by_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_credit')),
        sa.UniqueConstraint('customer_id', name=op.f('uq_sales_credit_customer_id'))
    )
    op.create_table('sales_forecast_entry',
        sa.Column('name', sa.String(length=255), nullable=False),
        sa.Column('month', sa.Date(), nullable=False),
        sa.Column('committed', sa.BigInteger(), nullable=False),
        sa.Column('best', sa.BigInteger(), nullable=False),
        sa.Column('note', sa.String(length=255), nullable=True),
        sa.Column('corrected', sa.Boolean(), nullable=False),
        sa.Column('said_on', sa.Date(), nullable=False),
        sa.Column('won', sa.BigInteger(), nullable=False),
        sa.Column('sure', sa.BigInteger(), nullable=False),
        sa.Column('probable', sa.BigInteger(), nullable=False),
        sa.Column('possible', sa.BigInteger(), nullable=False),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_forecast_entry_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_forecast_entry_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_forecast_entry_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_forecast_entry'))
    )
    op.create_table('sales_lead_form',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('heading', sa.String(length=255), nullable=False),
        sa.Column('words', sa.Text(), nullable=True),
        sa.Column('thanks', sa.String(length=255), nullable=True),
        sa.Column('source', sa.String(length=40), nullable=True),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('token', sa.String(length=255), nullable=False),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_lead_form'))
    )
    op.create_table('sales_lead_rule',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('position', sa.BigInteger(), nullable=False),
        sa.Column('region_id', ID, nullable=True),
        sa.Column('industry_id', ID, nullable=True),
        sa.Column('source', sa.String(length=40), nullable=True),
        sa.Column('how', sa.String(length=40), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('last_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['industry_id'], ['core_industry.id'], name=op.f('fk_sales_lead_rule_industry_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['region_id'], ['core_region.id'], name=op.f('fk_sales_lead_rule_region_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_lead_rule'))
    )
    op.create_table('sales_pay_basis',
        sa.Column('begins', sa.Date(), nullable=False),
        sa.Column('ends', sa.Date(), nullable=True),
        sa.Column('fixed', sa.BigInteger(), nullable=False),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_pay_basis_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_pay_basis_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_pay_basis_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_pay_basis'))
    )
    op.create_table('sales_payment',
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('way', sa.String(length=40), nullable=False),
        sa.Column('reference', sa.String(length=60), nullable=True),
        sa.Column('rate', sa.BigInteger(), nullable=False),
        sa.Column('worth', sa.BigInteger(), nullable=False),
        sa.Column('unallocated', sa.BigInteger(), nullable=False),
        sa.Column('returned', sa.Date(), nullable=True),
        sa.Column('reason', sa.String(length=255), nullable=True),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_payment_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_payment_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_payment_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_payment_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_payment'))
    )
    op.create_table('sales_pipeline',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('english', sa.String(length=255), nullable=False),
        sa.Column('code', sa.String(length=60), nullable=True),
        sa.Column('position', sa.BigInteger(), nullable=False),
        sa.Column('for_department_id', ID, nullable=True),
        sa.Column('for_team_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['for_department_id'], ['core_department.id'], name=op.f('fk_sales_pipeline_for_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['for_team_id'], ['core_team.id'], name=op.f('fk_sales_pipeline_for_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_pipeline'))
    )
    op.create_table('sales_policy',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('role_id', ID, nullable=True),
        sa.Column('place_id', ID, nullable=True),
        sa.Column('category_id', ID, nullable=True),
        sa.Column('expense', sa.String(length=40), nullable=True),
        sa.Column('percent', sa.Integer(), nullable=True),
        sa.Column('amount', sa.BigInteger(), nullable=True),
        sa.Column('regions', JSON, nullable=True),
        sa.Column('channels', JSON, nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('follows_id', ID, nullable=True),
        sa.Column('begins', sa.Date(), nullable=False),
        sa.Column('ends', sa.Date(), nullable=True),
        sa.Column('edition', sa.BigInteger(), nullable=False),
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
        sa.ForeignKeyConstraint(['category_id'], ['core_product_category.id'], name=op.f('fk_sales_policy_category_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['follows_id'], ['sales_policy.id'], name=op.f('fk_sales_policy_follows_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['place_id'], ['core_department.id'], name=op.f('fk_sales_policy_place_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['role_id'], ['core_role.id'], name=op.f('fk_sales_policy_role_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_policy'))
    )
    op.create_table('sales_reminder_text',
        sa.Column('level', sa.String(length=40), nullable=False),
        sa.Column('language', sa.String(length=40), nullable=False),
        sa.Column('title', sa.String(length=255), nullable=True),
        sa.Column('text', sa.Text(), nullable=True),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_reminder_text'))
    )
    op.create_table('sales_score_rule',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('fields', JSON, nullable=False),
        sa.Column('words', sa.String(length=255), nullable=True),
        sa.Column('points', sa.BigInteger(), nullable=False),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_score_rule'))
    )
    op.create_table('sales_statement',
        sa.Column('name', sa.String(length=255), nullable=False),
        sa.Column('month', sa.Date(), nullable=False),
        sa.Column('key', sa.String(length=60), nullable=True),
        sa.Column('commission', sa.BigInteger(), nullable=False),
        sa.Column('fixed', sa.BigInteger(), nullable=False),
        sa.Column('due', sa.BigInteger(), nullable=True),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('paid_on', sa.Date(), nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_statement_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_statement_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_statement_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_statement'))
    )
    op.create_table('sales_territory',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('regions', JSON, nullable=True),
        sa.Column('industries', JSON, nullable=True),
        sa.Column('sizes', JSON, nullable=False),
        sa.Column('seller_id', ID, nullable=False),
        sa.Column('group_id', ID, nullable=True),
        sa.Column('priority', sa.BigInteger(), nullable=False),
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
        sa.ForeignKeyConstraint(['group_id'], ['core_team.id'], name=op.f('fk_sales_territory_group_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['seller_id'], ['core_user.id'], name=op.f('fk_sales_territory_seller_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_territory'))
    )
    op.create_table('sales_call_list',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('script_id', ID, nullable=True),
        sa.Column('until', sa.Date(), nullable=True),
        sa.Column('tries', sa.BigInteger(), nullable=False),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_call_list_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_call_list_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['script_id'], ['sales_call_script.id'], name=op.f('fk_sales_call_list_script_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_call_list_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_call_list'))
    )
    op.create_table('sales_call_question',
        sa.Column('script_id', ID, nullable=False),
        sa.Column('number', sa.BigInteger(), nullable=False),
        sa.Column('question', sa.String(length=255), nullable=False),
        sa.Column('answers', sa.String(length=255), nullable=False),
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
        sa.ForeignKeyConstraint(['script_id'], ['sales_call_script.id'], name=op.f('fk_sales_call_question_script_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_call_question'))
    )
    op.create_table('sales_exceeded',
        sa.Column('what', sa.String(length=255), nullable=False),
        sa.Column('policy_id', ID, nullable=False),
        sa.Column('subject', sa.String(length=80), nullable=False),
        sa.Column('subject_id', ID, nullable=False),
        sa.Column('document', sa.String(length=255), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('agreed', sa.Boolean(), nullable=False),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_exceeded_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_exceeded_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['policy_id'], ['sales_policy.id'], name=op.f('fk_sales_exceeded_policy_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_exceeded_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_exceeded'))
    )
    op.create_table('sales_lead_receiver',
        sa.Column('rule_id', ID, nullable=False),
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
        sa.ForeignKeyConstraint(['rule_id'], ['sales_lead_rule.id'], name=op.f('fk_sales_lead_receiver_rule_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_sales_lead_receiver_user_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_lead_receiver'))
    )
    op.create_table('sales_stage',
        sa.Column('pipeline_id', ID, nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('english', sa.String(length=255), nullable=False),
        sa.Column('position', sa.BigInteger(), nullable=False),
        sa.Column('outcome', sa.String(length=40), nullable=False),
        sa.Column('probability', sa.Integer(), nullable=False),
        sa.Column('needs', JSON, nullable=False),
        sa.Column('days', sa.BigInteger(), nullable=True),
        sa.Column('share', sa.Integer(), nullable=True),
        sa.Column('share_of', sa.BigInteger(), nullable=False),
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
        sa.ForeignKeyConstraint(['pipeline_id'], ['sales_pipeline.id'], name=op.f('fk_sales_stage_pipeline_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_stage'))
    )
    op.create_table('sales_tier',
        sa.Column('commission_policy_id', ID, nullable=False),
        sa.Column('above', sa.BigInteger(), nullable=False),
        sa.Column('percent', sa.Integer(), nullable=False),
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
        sa.ForeignKeyConstraint(['commission_policy_id'], ['sales_commission_policy.id'], name=op.f('fk_sales_tier_commission_policy_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_tier'))
    )
    op.create_table('sales_opportunity',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('contact_id', ID, nullable=True),
        sa.Column('pipeline_id', ID, nullable=False),
        sa.Column('stage_id', ID, nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=True),
        sa.Column('expected', sa.Date(), nullable=True),
        sa.Column('chance', sa.Integer(), nullable=True),
        sa.Column('forecast', sa.String(length=40), nullable=False),
        sa.Column('next_step', sa.String(length=255), nullable=True),
        sa.Column('next_day', sa.Date(), nullable=True),
        sa.Column('source', sa.String(length=40), nullable=True),
        sa.Column('competitor_id', ID, nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('outcome', sa.String(length=40), nullable=False),
        sa.Column('probability', sa.Integer(), nullable=False),
        sa.Column('worth', sa.BigInteger(), nullable=False),
        sa.Column('weighted', sa.BigInteger(), nullable=False),
        sa.Column('stage_on', sa.Date(), nullable=True),
        sa.Column('stale_on', sa.Date(), nullable=True),
        sa.Column('closed', sa.Date(), nullable=True),
        sa.Column('days_open', sa.BigInteger(), nullable=True),
        sa.Column('won_reason', sa.String(length=40), nullable=True),
        sa.Column('lost_reason', sa.String(length=40), nullable=True),
        sa.Column('told', sa.String(length=40), nullable=False),
        sa.Column('satisfaction', sa.String(length=40), nullable=True),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        sa.Column('total', sa.BigInteger(), nullable=False),
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
        sa.ForeignKeyConstraint(['competitor_id'], ['sales_competitor.id'], name=op.f('fk_sales_opportunity_competitor_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['contact_id'], ['core_contact.id'], name=op.f('fk_sales_opportunity_contact_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_opportunity_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_opportunity_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_opportunity_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['pipeline_id'], ['sales_pipeline.id'], name=op.f('fk_sales_opportunity_pipeline_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['stage_id'], ['sales_stage.id'], name=op.f('fk_sales_opportunity_stage_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_opportunity_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_opportunity'))
    )
    op.create_table('sales_stage_task',
        sa.Column('stage_id', ID, nullable=False),
        sa.Column('what', sa.String(length=255), nullable=False),
        sa.Column('days', sa.BigInteger(), nullable=False),
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
        sa.ForeignKeyConstraint(['stage_id'], ['sales_stage.id'], name=op.f('fk_sales_stage_task_stage_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_stage_task'))
    )
    op.create_table('sales_lead',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('contact', sa.String(length=255), nullable=True),
        sa.Column('title', sa.String(length=255), nullable=True),
        sa.Column('phone', sa.String(length=60), nullable=True),
        sa.Column('phone_key', sa.String(length=40), nullable=True),
        sa.Column('mobile', sa.String(length=60), nullable=True),
        sa.Column('mobile_key', sa.String(length=40), nullable=True),
        sa.Column('email', sa.String(length=254), nullable=True),
        sa.Column('website', sa.String(length=500), nullable=True),
        sa.Column('region_id', ID, nullable=True),
        sa.Column('industry_id', ID, nullable=True),
        sa.Column('size', sa.String(length=40), nullable=True),
        sa.Column('source', sa.String(length=40), nullable=True),
        sa.Column('interest', sa.String(length=255), nullable=True),
        sa.Column('amount', sa.BigInteger(), nullable=True),
        sa.Column('next_day', sa.Date(), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('score', sa.BigInteger(), nullable=False),
        sa.Column('given_on', sa.Date(), nullable=True),
        sa.Column('reason', sa.String(length=40), nullable=True),
        sa.Column('customer_id', ID, nullable=True),
        sa.Column('made_contact_id', ID, nullable=True),
        sa.Column('opportunity_id', ID, nullable=True),
        sa.Column('converted_on', sa.Date(), nullable=True),
        sa.Column('form_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_lead_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_lead_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['form_id'], ['sales_lead_form.id'], name=op.f('fk_sales_lead_form_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['industry_id'], ['core_industry.id'], name=op.f('fk_sales_lead_industry_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['made_contact_id'], ['core_contact.id'], name=op.f('fk_sales_lead_made_contact_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['opportunity_id'], ['sales_opportunity.id'], name=op.f('fk_sales_lead_opportunity_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_lead_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['region_id'], ['core_region.id'], name=op.f('fk_sales_lead_region_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_lead_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_lead'))
    )
    op.create_table('sales_opportunity_item',
        sa.Column('opportunity_id', ID, nullable=False),
        sa.Column('what', sa.String(length=255), nullable=False),
        sa.Column('quantity', sa.BigInteger(), nullable=False),
        sa.Column('configuration', JSON, nullable=True),
        sa.Column('list_price', sa.BigInteger(), nullable=True),
        sa.Column('why', sa.String(length=255), nullable=True),
        sa.Column('price', sa.BigInteger(), nullable=True),
        sa.Column('discount', sa.Integer(), nullable=False),
        sa.Column('rate', sa.Integer(), nullable=True),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('product_id', ID, nullable=True),
        sa.Column('unit_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['opportunity_id'], ['sales_opportunity.id'], name=op.f('fk_sales_opportunity_item_opportunity_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['product_id'], ['core_product.id'], name=op.f('fk_sales_opportunity_item_product_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_sales_opportunity_item_unit_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_opportunity_item'))
    )
    op.create_table('sales_opportunity_member',
        sa.Column('opportunity_id', ID, nullable=False),
        sa.Column('user_id', ID, nullable=False),
        sa.Column('part', sa.String(length=255), nullable=True),
        sa.Column('share', sa.Integer(), nullable=True),
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
        sa.ForeignKeyConstraint(['opportunity_id'], ['sales_opportunity.id'], name=op.f('fk_sales_opportunity_member_opportunity_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_sales_opportunity_member_user_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_opportunity_member'))
    )
    op.create_table('sales_opportunity_share',
        sa.Column('opportunity_id', ID, nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('stage_id', ID, nullable=False),
        sa.Column('outcome', sa.String(length=40), nullable=False),
        sa.Column('forecast', sa.String(length=40), nullable=False),
        sa.Column('day', sa.Date(), nullable=True),
        sa.Column('days_open', sa.BigInteger(), nullable=True),
        sa.Column('percent', sa.Integer(), nullable=False),
        sa.Column('whole', sa.BigInteger(), nullable=False),
        sa.Column('worth', sa.BigInteger(), nullable=False),
        sa.Column('weighted', sa.BigInteger(), nullable=False),
        sa.Column('before', sa.BigInteger(), nullable=False),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_opportunity_share_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_opportunity_share_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['opportunity_id'], ['sales_opportunity.id'], name=op.f('fk_sales_opportunity_share_opportunity_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_opportunity_share_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['stage_id'], ['sales_stage.id'], name=op.f('fk_sales_opportunity_share_stage_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_opportunity_share_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_opportunity_share'))
    )
    op.create_table('sales_opportunity_stage',
        sa.Column('opportunity_id', ID, nullable=False),
        sa.Column('stage_id', ID, nullable=False),
        sa.Column('entered', sa.Date(), nullable=False),
        sa.Column('until', sa.Date(), nullable=True),
        sa.Column('days', sa.BigInteger(), nullable=True),
        sa.Column('by_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['by_id'], ['core_user.id'], name=op.f('fk_sales_opportunity_stage_by_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['opportunity_id'], ['sales_opportunity.id'], name=op.f('fk_sales_opportunity_stage_opportunity_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['stage_id'], ['sales_stage.id'], name=op.f('fk_sales_opportunity_stage_stage_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_opportunity_stage'))
    )
    op.create_table('sales_quote',
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('contact_id', ID, nullable=True),
        sa.Column('opportunity_id', ID, nullable=True),
        sa.Column('day', sa.Date(), nullable=True),
        sa.Column('until', sa.Date(), nullable=True),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('terms', sa.Text(), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('margin', sa.BigInteger(), nullable=False),
        sa.Column('first_id', ID, nullable=True),
        sa.Column('edition', sa.BigInteger(), nullable=False),
        sa.Column('latest', sa.Boolean(), nullable=False),
        sa.Column('sent_at', AT, nullable=True),
        sa.Column('answered_at', AT, nullable=True),
        sa.Column('signer', sa.String(length=255), nullable=True),
        sa.Column('signer_address', sa.String(length=255), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('order_id', ID, nullable=True),
        sa.Column('contract_id', ID, nullable=True),
        sa.Column('link', sa.String(length=40), nullable=True),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        sa.Column('total', sa.BigInteger(), nullable=False),
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
        sa.ForeignKeyConstraint(['contact_id'], ['core_contact.id'], name=op.f('fk_sales_quote_contact_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_quote_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_quote_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['first_id'], ['sales_quote.id'], name=op.f('fk_sales_quote_first_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['opportunity_id'], ['sales_opportunity.id'], name=op.f('fk_sales_quote_opportunity_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_quote_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_quote_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_quote'))
    )
    op.create_table('sales_call_entry',
        sa.Column('call_list_id', ID, nullable=False),
        sa.Column('customer_id', ID, nullable=True),
        sa.Column('lead_id', ID, nullable=True),
        sa.Column('turn', sa.String(length=40), nullable=False),
        sa.Column('next_day', sa.Date(), nullable=True),
        sa.Column('calls', sa.BigInteger(), nullable=False),
        sa.Column('result', sa.String(length=40), nullable=True),
        sa.Column('taken_id', ID, nullable=True),
        sa.Column('taken_at', AT, nullable=True),
        sa.Column('answers', JSON, nullable=True),
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
        sa.ForeignKeyConstraint(['call_list_id'], ['sales_call_list.id'], name=op.f('fk_sales_call_entry_call_list_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_call_entry_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['lead_id'], ['sales_lead.id'], name=op.f('fk_sales_call_entry_lead_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_call_entry'))
    )
    op.create_table('sales_contract',
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('contact_id', ID, nullable=True),
        sa.Column('opportunity_id', ID, nullable=True),
        sa.Column('quote_id', ID, nullable=True),
        sa.Column('day', sa.Date(), nullable=True),
        sa.Column('begins', sa.Date(), nullable=True),
        sa.Column('ends', sa.Date(), nullable=True),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('partner', sa.String(length=255), nullable=True),
        sa.Column('signatory', sa.String(length=255), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('signed_on', sa.Date(), nullable=True),
        sa.Column('signed_file_id', ID, nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('amends_id', ID, nullable=True),
        sa.Column('renews_id', ID, nullable=True),
        sa.Column('order_id', ID, nullable=True),
        sa.Column('paid', sa.BigInteger(), nullable=False),
        sa.Column('agreed', sa.BigInteger(), nullable=True),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        sa.Column('total', sa.BigInteger(), nullable=False),
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
        sa.ForeignKeyConstraint(['amends_id'], ['sales_contract.id'], name=op.f('fk_sales_contract_amends_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['contact_id'], ['core_contact.id'], name=op.f('fk_sales_contract_contact_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_contract_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_contract_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['opportunity_id'], ['sales_opportunity.id'], name=op.f('fk_sales_contract_opportunity_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_contract_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['quote_id'], ['sales_quote.id'], name=op.f('fk_sales_contract_quote_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['renews_id'], ['sales_contract.id'], name=op.f('fk_sales_contract_renews_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_contract_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_contract'))
    )
    op.create_table('sales_quote_item',
        sa.Column('quote_id', ID, nullable=False),
        sa.Column('margin', sa.BigInteger(), nullable=True),
        sa.Column('what', sa.String(length=255), nullable=False),
        sa.Column('quantity', sa.BigInteger(), nullable=False),
        sa.Column('configuration', JSON, nullable=True),
        sa.Column('list_price', sa.BigInteger(), nullable=True),
        sa.Column('why', sa.String(length=255), nullable=True),
        sa.Column('price', sa.BigInteger(), nullable=True),
        sa.Column('discount', sa.Integer(), nullable=False),
        sa.Column('rate', sa.Integer(), nullable=True),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('product_id', ID, nullable=True),
        sa.Column('unit_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['product_id'], ['core_product.id'], name=op.f('fk_sales_quote_item_product_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['quote_id'], ['sales_quote.id'], name=op.f('fk_sales_quote_item_quote_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_sales_quote_item_unit_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_quote_item'))
    )
    op.create_table('sales_call',
        sa.Column('call_list_id', ID, nullable=False),
        sa.Column('entry_id', ID, nullable=False),
        sa.Column('customer_id', ID, nullable=True),
        sa.Column('lead_id', ID, nullable=True),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('by_id', ID, nullable=True),
        sa.Column('result', sa.String(length=40), nullable=True),
        sa.Column('reached', sa.Boolean(), nullable=False),
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
        sa.ForeignKeyConstraint(['by_id'], ['core_user.id'], name=op.f('fk_sales_call_by_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['call_list_id'], ['sales_call_list.id'], name=op.f('fk_sales_call_call_list_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_call_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['entry_id'], ['sales_call_entry.id'], name=op.f('fk_sales_call_entry_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['lead_id'], ['sales_lead.id'], name=op.f('fk_sales_call_lead_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_call'))
    )
    op.create_table('sales_contract_clause',
        sa.Column('contract_id', ID, nullable=False),
        sa.Column('clause_id', ID, nullable=True),
        sa.Column('title', sa.String(length=255), nullable=False),
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
        sa.ForeignKeyConstraint(['clause_id'], ['sales_clause.id'], name=op.f('fk_sales_contract_clause_clause_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['contract_id'], ['sales_contract.id'], name=op.f('fk_sales_contract_clause_contract_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_contract_clause'))
    )
    op.create_table('sales_contract_item',
        sa.Column('contract_id', ID, nullable=False),
        sa.Column('what', sa.String(length=255), nullable=False),
        sa.Column('quantity', sa.BigInteger(), nullable=False),
        sa.Column('configuration', JSON, nullable=True),
        sa.Column('list_price', sa.BigInteger(), nullable=True),
        sa.Column('why', sa.String(length=255), nullable=True),
        sa.Column('price', sa.BigInteger(), nullable=True),
        sa.Column('discount', sa.Integer(), nullable=False),
        sa.Column('rate', sa.Integer(), nullable=True),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('product_id', ID, nullable=True),
        sa.Column('unit_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['contract_id'], ['sales_contract.id'], name=op.f('fk_sales_contract_item_contract_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['product_id'], ['core_product.id'], name=op.f('fk_sales_contract_item_product_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_sales_contract_item_unit_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_contract_item'))
    )
    op.create_table('sales_contract_milestone',
        sa.Column('contract_id', ID, nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('day', sa.Date(), nullable=True),
        sa.Column('done', sa.Date(), nullable=True),
        sa.Column('done_by_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['contract_id'], ['sales_contract.id'], name=op.f('fk_sales_contract_milestone_contract_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['done_by_id'], ['core_user.id'], name=op.f('fk_sales_contract_milestone_done_by_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_contract_milestone'))
    )
    op.create_table('sales_contract_party',
        sa.Column('contract_id', ID, nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('role', sa.String(length=255), nullable=True),
        sa.Column('signatory', sa.String(length=255), nullable=True),
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
        sa.ForeignKeyConstraint(['contract_id'], ['sales_contract.id'], name=op.f('fk_sales_contract_party_contract_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_contract_party'))
    )
    op.create_table('sales_contract_payment',
        sa.Column('contract_id', ID, nullable=False),
        sa.Column('what', sa.String(length=255), nullable=False),
        sa.Column('share', sa.Integer(), nullable=True),
        sa.Column('amount', sa.BigInteger(), nullable=True),
        sa.Column('due', sa.Date(), nullable=True),
        sa.Column('milestone', sa.String(length=255), nullable=True),
        sa.Column('invoiced', sa.BigInteger(), nullable=False),
        sa.Column('paid', sa.BigInteger(), nullable=False),
        sa.Column('remaining', sa.BigInteger(), nullable=False),
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
        sa.ForeignKeyConstraint(['contract_id'], ['sales_contract.id'], name=op.f('fk_sales_contract_payment_contract_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_contract_payment'))
    )
    op.create_table('sales_order',
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('contact_id', ID, nullable=True),
        sa.Column('opportunity_id', ID, nullable=True),
        sa.Column('quote_id', ID, nullable=True),
        sa.Column('contract_id', ID, nullable=True),
        sa.Column('day', sa.Date(), nullable=True),
        sa.Column('promised', sa.Date(), nullable=True),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('rate', sa.BigInteger(), nullable=False),
        sa.Column('worth', sa.BigInteger(), nullable=False),
        sa.Column('delivered', sa.Integer(), nullable=False),
        sa.Column('invoiced', sa.BigInteger(), nullable=False),
        sa.Column('paid', sa.BigInteger(), nullable=False),
        sa.Column('confirmed', sa.Date(), nullable=True),
        sa.Column('completed', sa.Date(), nullable=True),
        sa.Column('reason', sa.String(length=255), nullable=True),
        sa.Column('guarantee', sa.String(length=255), nullable=True),
        sa.Column('guaranteed', sa.Date(), nullable=True),
        sa.Column('contract_by_id', ID, nullable=True),
        sa.Column('contract_on', sa.Date(), nullable=True),
        sa.Column('finance_by_id', ID, nullable=True),
        sa.Column('finance_on', sa.Date(), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('told', sa.String(length=40), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        sa.Column('total', sa.BigInteger(), nullable=False),
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
        sa.ForeignKeyConstraint(['contact_id'], ['core_contact.id'], name=op.f('fk_sales_order_contact_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['contract_by_id'], ['core_user.id'], name=op.f('fk_sales_order_contract_by_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['contract_id'], ['sales_contract.id'], name=op.f('fk_sales_order_contract_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_order_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_order_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['finance_by_id'], ['core_user.id'], name=op.f('fk_sales_order_finance_by_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['opportunity_id'], ['sales_opportunity.id'], name=op.f('fk_sales_order_opportunity_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_order_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['quote_id'], ['sales_quote.id'], name=op.f('fk_sales_order_quote_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_order_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_order'))
    )
    op.create_table('sales_partner',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('level', sa.String(length=40), nullable=True),
        sa.Column('region_id', ID, nullable=True),
        sa.Column('since', sa.Date(), nullable=True),
        sa.Column('until', sa.Date(), nullable=True),
        sa.Column('contract_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['contract_id'], ['sales_contract.id'], name=op.f('fk_sales_partner_contract_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_partner_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_partner_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_partner_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['region_id'], ['core_region.id'], name=op.f('fk_sales_partner_region_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_partner_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_partner'))
    )
    op.create_table('sales_achievement',
        sa.Column('did', sa.String(length=40), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('document', sa.String(length=255), nullable=False),
        sa.Column('source', sa.String(length=60), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('order_id', ID, nullable=True),
        sa.Column('category_id', ID, nullable=True),
        sa.Column('product_id', ID, nullable=True),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('key', sa.String(length=120), nullable=False),
        sa.Column('back_of_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['back_of_id'], ['sales_achievement.id'], name=op.f('fk_sales_achievement_back_of_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['category_id'], ['core_product_category.id'], name=op.f('fk_sales_achievement_category_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_achievement_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_achievement_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['order_id'], ['sales_order.id'], name=op.f('fk_sales_achievement_order_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_achievement_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['product_id'], ['core_product.id'], name=op.f('fk_sales_achievement_product_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_achievement_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_achievement'))
    )
    op.create_table('sales_commission_line',
        sa.Column('statement_id', ID, nullable=False),
        sa.Column('key', sa.String(length=160), nullable=True),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('document', sa.String(length=255), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('order_id', ID, nullable=True),
        sa.Column('basis', sa.String(length=40), nullable=False),
        sa.Column('source', sa.String(length=60), nullable=False),
        sa.Column('category_id', ID, nullable=True),
        sa.Column('policy_id', ID, nullable=True),
        sa.Column('seller_id', ID, nullable=True),
        sa.Column('base', sa.BigInteger(), nullable=False),
        sa.Column('rate', sa.Integer(), nullable=False),
        sa.Column('whole', sa.BigInteger(), nullable=False),
        sa.Column('percent', sa.Integer(), nullable=False),
        sa.Column('own', sa.BigInteger(), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('rule', sa.String(length=255), nullable=False),
        sa.Column('back_of_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['back_of_id'], ['sales_commission_line.id'], name=op.f('fk_sales_commission_line_back_of_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['category_id'], ['core_product_category.id'], name=op.f('fk_sales_commission_line_category_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_commission_line_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['order_id'], ['sales_order.id'], name=op.f('fk_sales_commission_line_order_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['policy_id'], ['sales_commission_policy.id'], name=op.f('fk_sales_commission_line_policy_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['seller_id'], ['core_user.id'], name=op.f('fk_sales_commission_line_seller_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['statement_id'], ['sales_statement.id'], name=op.f('fk_sales_commission_line_statement_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_commission_line'))
    )
    op.create_table('sales_delivery',
        sa.Column('order_id', ID, nullable=False),
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('day', sa.Date(), nullable=True),
        sa.Column('waybill', sa.String(length=255), nullable=True),
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
        sa.ForeignKeyConstraint(['order_id'], ['sales_order.id'], name=op.f('fk_sales_delivery_order_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_delivery'))
    )
    op.create_table('sales_fund',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('partner_id', ID, nullable=False),
        sa.Column('begins', sa.Date(), nullable=False),
        sa.Column('ends', sa.Date(), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('approved', sa.BigInteger(), nullable=False),
        sa.Column('settled', sa.BigInteger(), nullable=False),
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
        sa.CheckConstraint('approved <= amount AND settled <= approved AND settled >= 0', name=op.f('ck_sales_fund_ck_sales_fund')),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_fund_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_fund_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['partner_id'], ['sales_partner.id'], name=op.f('fk_sales_fund_partner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_fund_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_fund'))
    )
    op.create_table('sales_invoice',
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('order_id', ID, nullable=True),
        sa.Column('contract_id', ID, nullable=True),
        sa.Column('instalment_id', ID, nullable=True),
        sa.Column('turn', sa.BigInteger(), nullable=False),
        sa.Column('credits_id', ID, nullable=True),
        sa.Column('title', sa.String(length=255), nullable=True),
        sa.Column('tax_number', sa.String(length=60), nullable=True),
        sa.Column('day', sa.Date(), nullable=True),
        sa.Column('due', sa.Date(), nullable=True),
        sa.Column('rate', sa.BigInteger(), nullable=False),
        sa.Column('worth', sa.BigInteger(), nullable=False),
        sa.Column('paid', sa.BigInteger(), nullable=False),
        sa.Column('credited', sa.BigInteger(), nullable=False),
        sa.Column('remaining', sa.BigInteger(), nullable=False),
        sa.Column('written', sa.BigInteger(), nullable=False),
        sa.Column('written_worth', sa.BigInteger(), nullable=False),
        sa.Column('written_on', sa.Date(), nullable=True),
        sa.Column('open_worth', sa.BigInteger(), nullable=False),
        sa.Column('settled', sa.Date(), nullable=True),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('reason', sa.String(length=255), nullable=True),
        sa.Column('reminded', sa.BigInteger(), nullable=False),
        sa.Column('told', sa.Boolean(), nullable=False),
        sa.Column('step', sa.BigInteger(), nullable=False),
        sa.Column('asked', sa.BigInteger(), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        sa.Column('total', sa.BigInteger(), nullable=False),
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
        sa.ForeignKeyConstraint(['contract_id'], ['sales_contract.id'], name=op.f('fk_sales_invoice_contract_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['credits_id'], ['sales_invoice.id'], name=op.f('fk_sales_invoice_credits_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_invoice_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_invoice_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['instalment_id'], ['sales_contract_payment.id'], name=op.f('fk_sales_invoice_instalment_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['order_id'], ['sales_order.id'], name=op.f('fk_sales_invoice_order_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_invoice_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_invoice_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_invoice')),
        sa.UniqueConstraint('instalment_id', 'turn', name=op.f('uq_sales_invoice_instalment_id_turn'))
    )
    op.create_table('sales_order_item',
        sa.Column('order_id', ID, nullable=False),
        sa.Column('sort', sa.String(length=40), nullable=False),
        sa.Column('begins', sa.Date(), nullable=True),
        sa.Column('ends', sa.Date(), nullable=True),
        sa.Column('delivered', sa.BigInteger(), nullable=False),
        sa.Column('what', sa.String(length=255), nullable=False),
        sa.Column('quantity', sa.BigInteger(), nullable=False),
        sa.Column('configuration', JSON, nullable=True),
        sa.Column('list_price', sa.BigInteger(), nullable=True),
        sa.Column('why', sa.String(length=255), nullable=True),
        sa.Column('price', sa.BigInteger(), nullable=True),
        sa.Column('discount', sa.Integer(), nullable=False),
        sa.Column('rate', sa.Integer(), nullable=True),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('product_id', ID, nullable=True),
        sa.Column('unit_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['order_id'], ['sales_order.id'], name=op.f('fk_sales_order_item_order_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['product_id'], ['core_product.id'], name=op.f('fk_sales_order_item_product_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_sales_order_item_unit_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_order_item'))
    )
    op.create_table('sales_partner_deal',
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('partner_id', ID, nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('opportunity_id', ID, nullable=True),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=True),
        sa.Column('expected', sa.Date(), nullable=True),
        sa.Column('protected_until', sa.Date(), nullable=True),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('answer', sa.Text(), nullable=True),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_partner_deal_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_partner_deal_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['opportunity_id'], ['sales_opportunity.id'], name=op.f('fk_sales_partner_deal_opportunity_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_partner_deal_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['partner_id'], ['sales_partner.id'], name=op.f('fk_sales_partner_deal_partner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_partner_deal_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_partner_deal'))
    )
    op.create_table('sales_share',
        sa.Column('order_id', ID, nullable=False),
        sa.Column('person_id', ID, nullable=False),
        sa.Column('percent', sa.Integer(), nullable=False),
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
        sa.ForeignKeyConstraint(['order_id'], ['sales_order.id'], name=op.f('fk_sales_share_order_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['person_id'], ['core_user.id'], name=op.f('fk_sales_share_person_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_share'))
    )
    op.create_table('sales_stop',
        sa.Column('order_id', ID, nullable=False),
        sa.Column('words', sa.String(length=255), nullable=False),
        sa.Column('owed', sa.BigInteger(), nullable=False),
        sa.Column('limit', sa.BigInteger(), nullable=True),
        sa.Column('overdue', sa.BigInteger(), nullable=False),
        sa.Column('outcome', sa.String(length=40), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('said', sa.String(length=255), nullable=True),
        sa.Column('decided_by_id', ID, nullable=True),
        sa.Column('decided_on', sa.Date(), nullable=True),
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
        sa.ForeignKeyConstraint(['decided_by_id'], ['core_user.id'], name=op.f('fk_sales_stop_decided_by_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['order_id'], ['sales_order.id'], name=op.f('fk_sales_stop_order_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_stop'))
    )
    op.create_table('sales_advert',
        sa.Column('order_id', ID, nullable=False),
        sa.Column('item_id', ID, nullable=True),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('medium', sa.String(length=40), nullable=False),
        sa.Column('look', sa.String(length=40), nullable=False),
        sa.Column('place', sa.String(length=255), nullable=True),
        sa.Column('begins', sa.Date(), nullable=True),
        sa.Column('ends', sa.Date(), nullable=True),
        sa.Column('content', sa.Text(), nullable=True),
        sa.Column('source', sa.String(length=255), nullable=True),
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
        sa.ForeignKeyConstraint(['item_id'], ['sales_order_item.id'], name=op.f('fk_sales_advert_item_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['order_id'], ['sales_order.id'], name=op.f('fk_sales_advert_order_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_advert'))
    )
    op.create_table('sales_allocation',
        sa.Column('payment_id', ID, nullable=False),
        sa.Column('invoice_id', ID, nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('gain', sa.BigInteger(), nullable=False),
        sa.Column('returned', sa.Date(), nullable=True),
        sa.Column('told', sa.Boolean(), nullable=False),
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
        sa.ForeignKeyConstraint(['invoice_id'], ['sales_invoice.id'], name=op.f('fk_sales_allocation_invoice_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['payment_id'], ['sales_payment.id'], name=op.f('fk_sales_allocation_payment_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_allocation'))
    )
    op.create_table('sales_delivery_item',
        sa.Column('delivery_id', ID, nullable=False),
        sa.Column('item_id', ID, nullable=False),
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
        sa.ForeignKeyConstraint(['delivery_id'], ['sales_delivery.id'], name=op.f('fk_sales_delivery_item_delivery_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['item_id'], ['sales_order_item.id'], name=op.f('fk_sales_delivery_item_item_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_delivery_item'))
    )
    op.create_table('sales_fund_use',
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_key', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
        sa.Column('fund_id', ID, nullable=False),
        sa.Column('asked', sa.BigInteger(), nullable=False),
        sa.Column('approved', sa.BigInteger(), nullable=False),
        sa.Column('spent', sa.BigInteger(), nullable=False),
        sa.Column('settled', sa.BigInteger(), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('answer', sa.Text(), nullable=True),
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
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_fund_use_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['fund_id'], ['sales_fund.id'], name=op.f('fk_sales_fund_use_fund_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_fund_use_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_fund_use_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_fund_use'))
    )
    op.create_table('sales_invoice_item',
        sa.Column('invoice_id', ID, nullable=False),
        sa.Column('item_id', ID, nullable=True),
        sa.Column('fixed', sa.Boolean(), nullable=False),
        sa.Column('what', sa.String(length=255), nullable=False),
        sa.Column('quantity', sa.BigInteger(), nullable=False),
        sa.Column('configuration', JSON, nullable=True),
        sa.Column('list_price', sa.BigInteger(), nullable=True),
        sa.Column('why', sa.String(length=255), nullable=True),
        sa.Column('price', sa.BigInteger(), nullable=True),
        sa.Column('discount', sa.Integer(), nullable=False),
        sa.Column('rate', sa.Integer(), nullable=True),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('product_id', ID, nullable=True),
        sa.Column('unit_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['invoice_id'], ['sales_invoice.id'], name=op.f('fk_sales_invoice_item_invoice_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['item_id'], ['sales_order_item.id'], name=op.f('fk_sales_invoice_item_item_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['product_id'], ['core_product.id'], name=op.f('fk_sales_invoice_item_product_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_sales_invoice_item_unit_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_invoice_item'))
    )
    op.create_table('sales_reminder',
        sa.Column('invoice_id', ID, nullable=False),
        sa.Column('level', sa.BigInteger(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('days', sa.BigInteger(), nullable=False),
        sa.Column('remaining', sa.BigInteger(), nullable=False),
        sa.Column('receiver', sa.String(length=255), nullable=False),
        sa.Column('mail_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['invoice_id'], ['sales_invoice.id'], name=op.f('fk_sales_reminder_invoice_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_reminder')),
        sa.UniqueConstraint('invoice_id', 'level', name=op.f('uq_sales_reminder_invoice_id_level'))
    )
    op.create_table('sales_subscription',
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('contact_id', ID, nullable=True),
        sa.Column('product_id', ID, nullable=False),
        sa.Column('item_id', ID, nullable=True),
        sa.Column('renews_id', ID, nullable=True),
        sa.Column('copies', sa.BigInteger(), nullable=False),
        sa.Column('begins', sa.Date(), nullable=False),
        sa.Column('ends', sa.Date(), nullable=False),
        sa.Column('complimentary', sa.Boolean(), nullable=False),
        sa.Column('address', sa.String(length=255), nullable=True),
        sa.Column('postcode', sa.String(length=60), nullable=True),
        sa.Column('phone', sa.String(length=60), nullable=True),
        sa.Column('phone_key', sa.String(length=40), nullable=True),
        sa.Column('taken_by_id', ID, nullable=True),
        sa.Column('guarantee', sa.String(length=255), nullable=True),
        sa.Column('guaranteed', sa.Date(), nullable=True),
        sa.Column('term', sa.String(length=40), nullable=False),
        sa.Column('reason', sa.String(length=255), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('asked', sa.Boolean(), nullable=False),
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
        sa.ForeignKeyConstraint(['contact_id'], ['core_contact.id'], name=op.f('fk_sales_subscription_contact_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_subscription_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_subscription_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['item_id'], ['sales_order_item.id'], name=op.f('fk_sales_subscription_item_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_subscription_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['product_id'], ['core_product.id'], name=op.f('fk_sales_subscription_product_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['renews_id'], ['sales_subscription.id'], name=op.f('fk_sales_subscription_renews_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['taken_by_id'], ['core_user.id'], name=op.f('fk_sales_subscription_taken_by_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_subscription_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_subscription'))
    )
    op.create_table('sales_run',
        sa.Column('advert_id', ID, nullable=False),
        sa.Column('issue', sa.String(length=255), nullable=True),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('fate', sa.String(length=40), nullable=False),
        sa.Column('evidence', sa.String(length=255), nullable=True),
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
        sa.ForeignKeyConstraint(['advert_id'], ['sales_advert.id'], name=op.f('fk_sales_run_advert_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_run'))
    )
    op.create_table('sales_spending',
        sa.Column('fund_use_id', ID, nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('what', sa.String(length=255), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=False),
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
        sa.ForeignKeyConstraint(['fund_use_id'], ['sales_fund_use.id'], name=op.f('fk_sales_spending_fund_use_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_spending'))
    )
    with op.batch_alter_table('sales_call_script') as batch:
        batch.create_index('ix_sales_call_script_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_clause') as batch:
        batch.create_index('ix_sales_clause_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_clause_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_competitor') as batch:
        batch.create_index('ix_sales_competitor_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_competitor_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_lead_form') as batch:
        batch.create_index('ix_sales_lead_form_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_reminder_text') as batch:
        batch.create_index('ix_sales_reminder_text_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_sales_reminder_text', ['level', 'language'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_score_rule') as batch:
        batch.create_index('ix_sales_score_rule_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_call_list') as batch:
        batch.create_index('ix_sales_call_list_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_call_list_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_call_list_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_call_list_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_call_list_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_call_list_script_id'), ['script_id'], unique=False)
        batch.create_index('ix_sales_call_list_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_call_list_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_call_list_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_call_question') as batch:
        batch.create_index(batch.f('ix_sales_call_question_script_id'), ['script_id'], unique=False)
    with op.batch_alter_table('sales_commission_policy') as batch:
        batch.create_index('ix_sales_commission_policy_begins', ['begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_commission_policy_category_id'), ['category_id'], unique=False)
        batch.create_index('ix_sales_commission_policy_department_id_begins', ['department_id', 'begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_commission_policy_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_commission_policy_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_commission_policy_follows_id'), ['follows_id'], unique=False)
        batch.create_index('ix_sales_commission_policy_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_commission_policy_owner_id_begins', ['owner_id', 'begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_commission_policy_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_commission_policy_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_commission_policy_place_id'), ['place_id'], unique=False)
        batch.create_index(batch.f('ix_sales_commission_policy_role_id'), ['role_id'], unique=False)
        batch.create_index('ix_sales_commission_policy_team_id_begins', ['team_id', 'begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_commission_policy_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_commission_policy_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_commission_policy_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_sales_commission_policy_follows', ['follows_id'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_forecast_entry') as batch:
        batch.create_index('ix_sales_forecast_entry_department_id_month', ['department_id', 'month', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_forecast_entry_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_forecast_entry_month', ['month', 'owner_id', 'id'], unique=False)
        batch.create_index('ix_sales_forecast_entry_order', ['month', 'id'], unique=False)
        batch.create_index('ix_sales_forecast_entry_owner_id_month', ['owner_id', 'month', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_forecast_entry_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_forecast_entry_team_id_month', ['team_id', 'month', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_forecast_entry_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_forecast_entry_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_lead_rule') as batch:
        batch.create_index(batch.f('ix_sales_lead_rule_industry_id'), ['industry_id'], unique=False)
        batch.create_index(batch.f('ix_sales_lead_rule_region_id'), ['region_id'], unique=False)
        batch.create_index('ix_sales_lead_rule_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_pay_basis') as batch:
        batch.create_index('ix_sales_pay_basis_begins', ['begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_pay_basis_department_id_begins', ['department_id', 'begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_pay_basis_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_pay_basis_owner_id_begins', ['owner_id', 'begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_pay_basis_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_pay_basis_team_id_begins', ['team_id', 'begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_pay_basis_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_pay_basis_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_pipeline') as batch:
        batch.create_index(batch.f('ix_sales_pipeline_for_department_id'), ['for_department_id'], unique=False)
        batch.create_index(batch.f('ix_sales_pipeline_for_team_id'), ['for_team_id'], unique=False)
        batch.create_index('ix_sales_pipeline_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_pipeline_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_policy') as batch:
        batch.create_index('ix_sales_policy_begins', ['begins', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_policy_category_id'), ['category_id'], unique=False)
        batch.create_index(batch.f('ix_sales_policy_follows_id'), ['follows_id'], unique=False)
        batch.create_index('ix_sales_policy_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_policy_place_id'), ['place_id'], unique=False)
        batch.create_index(batch.f('ix_sales_policy_role_id'), ['role_id'], unique=False)
        batch.create_index('ix_sales_policy_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_sales_policy_follows', ['follows_id'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_statement') as batch:
        batch.create_index('ix_sales_statement_department_id_month', ['department_id', 'month', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_statement_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_statement_month', ['month', 'id'], unique=False)
        batch.create_index('ix_sales_statement_owner_id_month', ['owner_id', 'month', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_statement_owner_id_state_month', ['owner_id', 'state', 'month', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_statement_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_statement_team_id_month', ['team_id', 'month', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_statement_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_statement_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_sales_statement', ['key'], unique=True)
    with op.batch_alter_table('sales_territory') as batch:
        batch.create_index(batch.f('ix_sales_territory_group_id'), ['group_id'], unique=False)
        batch.create_index('ix_sales_territory_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_territory_seller_id'), ['seller_id'], unique=False)
        batch.create_index('ix_sales_territory_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_exceeded') as batch:
        batch.create_index('ix_sales_exceeded_day', ['day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_exceeded_department_id_day', ['department_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_exceeded_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_exceeded_owner_id_day', ['owner_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_exceeded_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_exceeded_policy_id'), ['policy_id'], unique=False)
        batch.create_index('ix_sales_exceeded_team_id_day', ['team_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_exceeded_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_exceeded_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_sales_exceeded', ['subject', 'subject_id', 'policy_id'], unique=True)
    with op.batch_alter_table('sales_lead_receiver') as batch:
        batch.create_index(batch.f('ix_sales_lead_receiver_rule_id'), ['rule_id'], unique=False)
        batch.create_index(batch.f('ix_sales_lead_receiver_user_id'), ['user_id'], unique=False)
    with op.batch_alter_table('sales_stage') as batch:
        batch.create_index('ix_sales_stage_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_stage_pipeline_id'), ['pipeline_id'], unique=False)
        batch.create_index('ix_sales_stage_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_tier') as batch:
        batch.create_index(batch.f('ix_sales_tier_commission_policy_id'), ['commission_policy_id'], unique=False)
    with op.batch_alter_table('sales_claim') as batch:
        batch.create_index(batch.f('ix_sales_claim_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_claim_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_claim_owner_id_state_updated_at', ['owner_id', 'state', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_claim_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_claim_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_claim_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_credit') as batch:
        batch.create_index(batch.f('ix_sales_credit_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_credit_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_credit_owner_id_grade_updated_at', ['owner_id', 'grade', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_credit_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_credit_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_credit_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_payment') as batch:
        batch.create_index(batch.f('ix_sales_payment_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_payment_day', ['day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_payment_department_id_customer_id', ['department_id', 'customer_id', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_payment_department_id_day', ['department_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_payment_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_payment_owner_id_customer_id', ['owner_id', 'customer_id', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_payment_owner_id_day', ['owner_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_payment_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_payment_team_id_customer_id', ['team_id', 'customer_id', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_payment_team_id_day', ['team_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_payment_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_payment_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_stage_task') as batch:
        batch.create_index(batch.f('ix_sales_stage_task_stage_id'), ['stage_id'], unique=False)
    with op.batch_alter_table('sales_opportunity') as batch:
        batch.create_index('ix_sales_opportunity_amount', ['amount', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_opportunity_competitor_id'), ['competitor_id'], unique=False)
        batch.create_index(batch.f('ix_sales_opportunity_contact_id'), ['contact_id'], unique=False)
        batch.create_index(batch.f('ix_sales_opportunity_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_opportunity_department_id_amount', ['department_id', 'amount', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_opportunity_department_id_expected', ['department_id', 'expected', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_opportunity_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_opportunity_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_opportunity_expected', ['expected', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_opportunity_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_opportunity_owner_id_amount', ['owner_id', 'amount', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_opportunity_owner_id_expected', ['owner_id', 'expected', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_opportunity_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_opportunity_owner_id_outcome_updated_at', ['owner_id', 'outcome', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_opportunity_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_opportunity_pipeline_id'), ['pipeline_id'], unique=False)
        batch.create_index(batch.f('ix_sales_opportunity_stage_id'), ['stage_id'], unique=False)
        batch.create_index('ix_sales_opportunity_team_id_amount', ['team_id', 'amount', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_opportunity_team_id_expected', ['team_id', 'expected', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_opportunity_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_opportunity_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_opportunity_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_lead') as batch:
        batch.create_index(batch.f('ix_sales_lead_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_lead_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_lead_department_id_next_day', ['department_id', 'next_day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_lead_department_id_score', ['department_id', 'score', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_lead_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_lead_form_id'), ['form_id'], unique=False)
        batch.create_index(batch.f('ix_sales_lead_industry_id'), ['industry_id'], unique=False)
        batch.create_index(batch.f('ix_sales_lead_made_contact_id'), ['made_contact_id'], unique=False)
        batch.create_index('ix_sales_lead_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_lead_next_day', ['next_day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_lead_opportunity_id'), ['opportunity_id'], unique=False)
        batch.create_index('ix_sales_lead_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_lead_owner_id_next_day', ['owner_id', 'next_day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_lead_owner_id_score', ['owner_id', 'score', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_lead_owner_id_state_updated_at', ['owner_id', 'state', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_lead_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_lead_region_id'), ['region_id'], unique=False)
        batch.create_index('ix_sales_lead_score', ['score', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_lead_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_lead_team_id_next_day', ['team_id', 'next_day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_lead_team_id_score', ['team_id', 'score', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_lead_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_lead_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_opportunity_item') as batch:
        batch.create_index('ix_sales_opportunity_item_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_opportunity_item_opportunity_id'), ['opportunity_id'], unique=False)
        batch.create_index('ix_sales_opportunity_item_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_opportunity_item_product_id'), ['product_id'], unique=False)
        batch.create_index('ix_sales_opportunity_item_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index(batch.f('ix_sales_opportunity_item_unit_id'), ['unit_id'], unique=False)
        batch.create_index('ix_sales_opportunity_item_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_opportunity_member') as batch:
        batch.create_index(batch.f('ix_sales_opportunity_member_opportunity_id'), ['opportunity_id'], unique=False)
        batch.create_index(batch.f('ix_sales_opportunity_member_user_id'), ['user_id'], unique=False)
    with op.batch_alter_table('sales_opportunity_share') as batch:
        batch.create_index(batch.f('ix_sales_opportunity_share_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_opportunity_share_day', ['outcome', 'day'], unique=False)
        batch.create_index('ix_sales_opportunity_share_department_id_day', ['department_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_opportunity_share_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_opportunity_share_opportunity_id'), ['opportunity_id'], unique=False)
        batch.create_index('ix_sales_opportunity_share_order', ['day', 'id'], unique=False)
        batch.create_index('ix_sales_opportunity_share_owner_id_day', ['owner_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_opportunity_share_owner_id_outcome_day', ['owner_id', 'outcome', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_opportunity_share_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_opportunity_share_stage_id'), ['stage_id'], unique=False)
        batch.create_index('ix_sales_opportunity_share_team_id_day', ['team_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_opportunity_share_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_opportunity_share_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_sales_opportunity_share', ['opportunity_id', 'owner_id'], unique=True)
    with op.batch_alter_table('sales_opportunity_stage') as batch:
        batch.create_index(batch.f('ix_sales_opportunity_stage_by_id'), ['by_id'], unique=False)
        batch.create_index('ix_sales_opportunity_stage_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_opportunity_stage_opportunity_id'), ['opportunity_id'], unique=False)
        batch.create_index('ix_sales_opportunity_stage_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_opportunity_stage_stage_id'), ['stage_id'], unique=False)
        batch.create_index('ix_sales_opportunity_stage_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_opportunity_stage_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_quote') as batch:
        batch.create_index(batch.f('ix_sales_quote_contact_id'), ['contact_id'], unique=False)
        batch.create_index(batch.f('ix_sales_quote_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_quote_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_quote_first_id'), ['first_id'], unique=False)
        batch.create_index(batch.f('ix_sales_quote_opportunity_id'), ['opportunity_id'], unique=False)
        batch.create_index('ix_sales_quote_owner_id_state_updated_at', ['owner_id', 'state', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_quote_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_quote_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_quote_until', ['state', 'until'], unique=False)
        batch.create_index('ix_sales_quote_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_sales_quote_edition', ['first_id', 'edition'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_call_entry') as batch:
        batch.create_index(batch.f('ix_sales_call_entry_call_list_id'), ['call_list_id'], unique=False)
        batch.create_index(batch.f('ix_sales_call_entry_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_call_entry_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_call_entry_lead_id'), ['lead_id'], unique=False)
        batch.create_index('ix_sales_call_entry_next', ['call_list_id', 'turn', 'id'], unique=False)
        batch.create_index('ix_sales_call_entry_owner_id_turn_updated_at', ['owner_id', 'turn', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_call_entry_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_call_entry_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_call_entry_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_sales_call_entry_customer', ['call_list_id', 'customer_id'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_sales_call_entry_lead', ['call_list_id', 'lead_id'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_contract') as batch:
        batch.create_index(batch.f('ix_sales_contract_amends_id'), ['amends_id'], unique=False)
        batch.create_index(batch.f('ix_sales_contract_contact_id'), ['contact_id'], unique=False)
        batch.create_index(batch.f('ix_sales_contract_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_contract_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_contract_ends', ['state', 'ends'], unique=False)
        batch.create_index(batch.f('ix_sales_contract_opportunity_id'), ['opportunity_id'], unique=False)
        batch.create_index('ix_sales_contract_owner_id_state_updated_at', ['owner_id', 'state', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_contract_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_contract_quote_id'), ['quote_id'], unique=False)
        batch.create_index(batch.f('ix_sales_contract_renews_id'), ['renews_id'], unique=False)
        batch.create_index('ix_sales_contract_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_contract_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_sales_contract_renews', ['renews_id'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_quote_item') as batch:
        batch.create_index('ix_sales_quote_item_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_quote_item_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_quote_item_product_id'), ['product_id'], unique=False)
        batch.create_index(batch.f('ix_sales_quote_item_quote_id'), ['quote_id'], unique=False)
        batch.create_index('ix_sales_quote_item_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index(batch.f('ix_sales_quote_item_unit_id'), ['unit_id'], unique=False)
        batch.create_index('ix_sales_quote_item_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_call') as batch:
        batch.create_index(batch.f('ix_sales_call_by_id'), ['by_id'], unique=False)
        batch.create_index(batch.f('ix_sales_call_call_list_id'), ['call_list_id'], unique=False)
        batch.create_index(batch.f('ix_sales_call_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_call_day', ['day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_call_department_id_day', ['department_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_call_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_call_entry_id'), ['entry_id'], unique=False)
        batch.create_index(batch.f('ix_sales_call_lead_id'), ['lead_id'], unique=False)
        batch.create_index('ix_sales_call_owner_id_day', ['owner_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_call_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_call_team_id_day', ['team_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_call_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_call_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_contract_clause') as batch:
        batch.create_index(batch.f('ix_sales_contract_clause_clause_id'), ['clause_id'], unique=False)
        batch.create_index(batch.f('ix_sales_contract_clause_contract_id'), ['contract_id'], unique=False)
        batch.create_index('ix_sales_contract_clause_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_contract_clause_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_contract_clause_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_contract_clause_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_contract_item') as batch:
        batch.create_index(batch.f('ix_sales_contract_item_contract_id'), ['contract_id'], unique=False)
        batch.create_index('ix_sales_contract_item_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_contract_item_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_contract_item_product_id'), ['product_id'], unique=False)
        batch.create_index('ix_sales_contract_item_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index(batch.f('ix_sales_contract_item_unit_id'), ['unit_id'], unique=False)
        batch.create_index('ix_sales_contract_item_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_contract_milestone') as batch:
        batch.create_index(batch.f('ix_sales_contract_milestone_contract_id'), ['contract_id'], unique=False)
        batch.create_index('ix_sales_contract_milestone_day', ['day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_contract_milestone_department_id_day', ['department_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_contract_milestone_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_contract_milestone_done_by_id'), ['done_by_id'], unique=False)
        batch.create_index('ix_sales_contract_milestone_owner_id_day', ['owner_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_contract_milestone_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_contract_milestone_team_id_day', ['team_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_contract_milestone_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_contract_milestone_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_contract_party') as batch:
        batch.create_index(batch.f('ix_sales_contract_party_contract_id'), ['contract_id'], unique=False)
    with op.batch_alter_table('sales_contract_payment') as batch:
        batch.create_index(batch.f('ix_sales_contract_payment_contract_id'), ['contract_id'], unique=False)
        batch.create_index('ix_sales_contract_payment_department_id_due', ['department_id', 'due', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_contract_payment_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_contract_payment_due', ['due', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_contract_payment_owner_id_due', ['owner_id', 'due', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_contract_payment_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_contract_payment_team_id_due', ['team_id', 'due', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_contract_payment_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_contract_payment_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_order') as batch:
        batch.create_index(batch.f('ix_sales_order_contact_id'), ['contact_id'], unique=False)
        batch.create_index(batch.f('ix_sales_order_contract_id'), ['contract_id'], unique=False)
        batch.create_index(batch.f('ix_sales_order_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_order_day', ['day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_order_department_id_customer_id', ['department_id', 'customer_id', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_order_department_id_day', ['department_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_order_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_order_opportunity_id'), ['opportunity_id'], unique=False)
        batch.create_index('ix_sales_order_owner_id_customer_id', ['owner_id', 'customer_id', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_order_owner_id_day', ['owner_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_order_owner_id_state_updated_at', ['owner_id', 'state', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_order_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_order_quote_id'), ['quote_id'], unique=False)
        batch.create_index('ix_sales_order_team_id_customer_id', ['team_id', 'customer_id', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_order_team_id_day', ['team_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_order_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_order_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_partner') as batch:
        batch.create_index(batch.f('ix_sales_partner_contract_id'), ['contract_id'], unique=False)
        batch.create_index(batch.f('ix_sales_partner_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_partner_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_partner_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_partner_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_partner_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_partner_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_partner_region_id'), ['region_id'], unique=False)
        batch.create_index('ix_sales_partner_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_partner_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_partner_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_achievement') as batch:
        batch.create_index(batch.f('ix_sales_achievement_back_of_id'), ['back_of_id'], unique=False)
        batch.create_index(batch.f('ix_sales_achievement_category_id'), ['category_id'], unique=False)
        batch.create_index(batch.f('ix_sales_achievement_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_achievement_day', ['day', 'id'], unique=False)
        batch.create_index('ix_sales_achievement_department_id_day', ['department_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_achievement_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_achievement_order_id'), ['order_id'], unique=False)
        batch.create_index('ix_sales_achievement_owner_id_day', ['owner_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_achievement_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_achievement_product_id'), ['product_id'], unique=False)
        batch.create_index('ix_sales_achievement_source', ['source'], unique=False)
        batch.create_index('ix_sales_achievement_team_id_day', ['team_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_achievement_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_achievement_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_sales_achievement', ['key'], unique=True)
        batch.create_index('uq_sales_achievement_back', ['back_of_id'], unique=True)
    with op.batch_alter_table('sales_commission_line') as batch:
        batch.create_index(batch.f('ix_sales_commission_line_back_of_id'), ['back_of_id'], unique=False)
        batch.create_index(batch.f('ix_sales_commission_line_category_id'), ['category_id'], unique=False)
        batch.create_index(batch.f('ix_sales_commission_line_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_commission_line_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_commission_line_month', ['policy_id', 'seller_id', 'statement_id'], unique=False)
        batch.create_index(batch.f('ix_sales_commission_line_order_id'), ['order_id'], unique=False)
        batch.create_index('ix_sales_commission_line_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_commission_line_policy_id'), ['policy_id'], unique=False)
        batch.create_index(batch.f('ix_sales_commission_line_seller_id'), ['seller_id'], unique=False)
        batch.create_index('ix_sales_commission_line_source', ['source', 'id'], unique=False)
        batch.create_index(batch.f('ix_sales_commission_line_statement_id'), ['statement_id'], unique=False)
        batch.create_index('ix_sales_commission_line_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_commission_line_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_sales_commission_line', ['key'], unique=True)
    with op.batch_alter_table('sales_delivery') as batch:
        batch.create_index('ix_sales_delivery_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_delivery_order_id'), ['order_id'], unique=False)
        batch.create_index('ix_sales_delivery_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_delivery_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_delivery_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_fund') as batch:
        batch.create_index('ix_sales_fund_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_fund_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_fund_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_fund_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_fund_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_fund_partner_id'), ['partner_id'], unique=False)
        batch.create_index('ix_sales_fund_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_fund_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_fund_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_invoice') as batch:
        batch.create_index(batch.f('ix_sales_invoice_contract_id'), ['contract_id'], unique=False)
        batch.create_index(batch.f('ix_sales_invoice_credits_id'), ['credits_id'], unique=False)
        batch.create_index(batch.f('ix_sales_invoice_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_invoice_day', ['day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_invoice_department_id_customer_id', ['department_id', 'customer_id', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_invoice_department_id_day', ['department_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_invoice_department_id_due', ['department_id', 'due', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_invoice_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_invoice_due', ['due', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_invoice_instalment_id'), ['instalment_id'], unique=False)
        batch.create_index('ix_sales_invoice_late', ['due', 'id'], unique=False, sqlite_where=sa.text("state = 'issued'"), postgresql_where=sa.text("state = 'issued'"))
        batch.create_index('ix_sales_invoice_open', ['customer_id', 'due', 'id'], unique=False, sqlite_where=sa.text("state = 'issued'"), postgresql_where=sa.text("state = 'issued'"))
        batch.create_index(batch.f('ix_sales_invoice_order_id'), ['order_id'], unique=False)
        batch.create_index('ix_sales_invoice_owner_id_customer_id', ['owner_id', 'customer_id', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_invoice_owner_id_day', ['owner_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_invoice_owner_id_due', ['owner_id', 'due', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_invoice_owner_id_state_updated_at', ['owner_id', 'state', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_invoice_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_invoice_team_id_customer_id', ['team_id', 'customer_id', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_invoice_team_id_day', ['team_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_invoice_team_id_due', ['team_id', 'due', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_invoice_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_invoice_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_order_item') as batch:
        batch.create_index('ix_sales_order_item_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_order_item_order_id'), ['order_id'], unique=False)
        batch.create_index('ix_sales_order_item_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_order_item_product_id'), ['product_id'], unique=False)
        batch.create_index('ix_sales_order_item_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index(batch.f('ix_sales_order_item_unit_id'), ['unit_id'], unique=False)
        batch.create_index('ix_sales_order_item_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_partner_deal') as batch:
        batch.create_index(batch.f('ix_sales_partner_deal_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_partner_deal_department_id_name_key', ['department_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_partner_deal_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_partner_deal_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_partner_deal_opportunity_id'), ['opportunity_id'], unique=False)
        batch.create_index('ix_sales_partner_deal_owner_id_name_key', ['owner_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_partner_deal_owner_id_state_name_key', ['owner_id', 'state', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_partner_deal_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_partner_deal_partner_id'), ['partner_id'], unique=False)
        batch.create_index('ix_sales_partner_deal_team_id_name_key', ['team_id', 'name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_partner_deal_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_partner_deal_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_share') as batch:
        batch.create_index('ix_sales_share_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_share_order_id'), ['order_id'], unique=False)
        batch.create_index('ix_sales_share_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_share_person_id'), ['person_id'], unique=False)
        batch.create_index('ix_sales_share_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_share_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('uq_sales_share', ['order_id', 'person_id'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_stop') as batch:
        batch.create_index('ix_sales_stop_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_stop_order_id'), ['order_id'], unique=False)
        batch.create_index('ix_sales_stop_owner_id_outcome_updated_at', ['owner_id', 'outcome', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_stop_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_stop_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_stop_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_stop_waiting', ['order_id'], unique=False, sqlite_where=sa.text("outcome = 'waiting' AND deleted_at IS NULL"), postgresql_where=sa.text("outcome = 'waiting' AND deleted_at IS NULL"))
    with op.batch_alter_table('sales_advert') as batch:
        batch.create_index('ix_sales_advert_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_advert_item_id'), ['item_id'], unique=False)
        batch.create_index(batch.f('ix_sales_advert_order_id'), ['order_id'], unique=False)
        batch.create_index('ix_sales_advert_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_advert_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_advert_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_allocation') as batch:
        batch.create_index('ix_sales_allocation_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_allocation_invoice_id'), ['invoice_id'], unique=False)
        batch.create_index('ix_sales_allocation_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_allocation_payment_id'), ['payment_id'], unique=False)
        batch.create_index('ix_sales_allocation_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_allocation_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_delivery_item') as batch:
        batch.create_index(batch.f('ix_sales_delivery_item_delivery_id'), ['delivery_id'], unique=False)
        batch.create_index('ix_sales_delivery_item_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_delivery_item_item_id'), ['item_id'], unique=False)
        batch.create_index('ix_sales_delivery_item_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_delivery_item_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_delivery_item_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_fund_use') as batch:
        batch.create_index('ix_sales_fund_use_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_fund_use_fund_id'), ['fund_id'], unique=False)
        batch.create_index('ix_sales_fund_use_owner_id_state_updated_at', ['owner_id', 'state', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_fund_use_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_fund_use_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_fund_use_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_invoice_item') as batch:
        batch.create_index('ix_sales_invoice_item_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_invoice_item_invoice_id'), ['invoice_id'], unique=False)
        batch.create_index(batch.f('ix_sales_invoice_item_item_id'), ['item_id'], unique=False)
        batch.create_index('ix_sales_invoice_item_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_invoice_item_product_id'), ['product_id'], unique=False)
        batch.create_index('ix_sales_invoice_item_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index(batch.f('ix_sales_invoice_item_unit_id'), ['unit_id'], unique=False)
        batch.create_index('ix_sales_invoice_item_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_reminder') as batch:
        batch.create_index('ix_sales_reminder_day', ['day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_reminder_department_id_day', ['department_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_reminder_invoice_id'), ['invoice_id'], unique=False)
        batch.create_index('ix_sales_reminder_owner_id_day', ['owner_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_reminder_team_id_day', ['team_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
    with op.batch_alter_table('sales_subscription') as batch:
        batch.create_index(batch.f('ix_sales_subscription_contact_id'), ['contact_id'], unique=False)
        batch.create_index(batch.f('ix_sales_subscription_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_subscription_department_id_ends', ['department_id', 'ends', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_subscription_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_subscription_ending', ['ends', 'id'], unique=False, sqlite_where=sa.text("term = 'running'"), postgresql_where=sa.text("term = 'running'"))
        batch.create_index('ix_sales_subscription_ends', ['ends', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_subscription_item_id'), ['item_id'], unique=False)
        batch.create_index('ix_sales_subscription_owner_id_ends', ['owner_id', 'ends', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_subscription_owner_id_term_updated_at', ['owner_id', 'term', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_subscription_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_subscription_product_id'), ['product_id'], unique=False)
        batch.create_index(batch.f('ix_sales_subscription_renews_id'), ['renews_id'], unique=False)
        batch.create_index(batch.f('ix_sales_subscription_taken_by_id'), ['taken_by_id'], unique=False)
        batch.create_index('ix_sales_subscription_team_id_ends', ['team_id', 'ends', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_subscription_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_subscription_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_run') as batch:
        batch.create_index(batch.f('ix_sales_run_advert_id'), ['advert_id'], unique=False)
        batch.create_index('ix_sales_run_day', ['day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_run_department_id_day', ['department_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_run_owner_id_day', ['owner_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_run_team_id_day', ['team_id', 'day', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
    with op.batch_alter_table('sales_spending') as batch:
        batch.create_index(batch.f('ix_sales_spending_fund_use_id'), ['fund_use_id'], unique=False)


def downgrade() -> None:
    op.drop_table('sales_spending')
    op.drop_table('sales_run')
    op.drop_table('sales_subscription')
    op.drop_table('sales_reminder')
    op.drop_table('sales_invoice_item')
    op.drop_table('sales_fund_use')
    op.drop_table('sales_delivery_item')
    op.drop_table('sales_allocation')
    op.drop_table('sales_advert')
    op.drop_table('sales_stop')
    op.drop_table('sales_share')
    op.drop_table('sales_partner_deal')
    op.drop_table('sales_order_item')
    op.drop_table('sales_invoice')
    op.drop_table('sales_fund')
    op.drop_table('sales_delivery')
    op.drop_table('sales_commission_line')
    op.drop_table('sales_achievement')
    op.drop_table('sales_partner')
    op.drop_table('sales_order')
    op.drop_table('sales_contract_payment')
    op.drop_table('sales_contract_party')
    op.drop_table('sales_contract_milestone')
    op.drop_table('sales_contract_item')
    op.drop_table('sales_contract_clause')
    op.drop_table('sales_call')
    op.drop_table('sales_quote_item')
    op.drop_table('sales_contract')
    op.drop_table('sales_call_entry')
    op.drop_table('sales_quote')
    op.drop_table('sales_opportunity_stage')
    op.drop_table('sales_opportunity_share')
    op.drop_table('sales_opportunity_member')
    op.drop_table('sales_opportunity_item')
    op.drop_table('sales_lead')
    op.drop_table('sales_stage_task')
    op.drop_table('sales_opportunity')
    op.drop_table('sales_tier')
    op.drop_table('sales_stage')
    op.drop_table('sales_lead_receiver')
    op.drop_table('sales_exceeded')
    op.drop_table('sales_call_question')
    op.drop_table('sales_call_list')
    op.drop_table('sales_territory')
    op.drop_table('sales_statement')
    op.drop_table('sales_score_rule')
    op.drop_table('sales_reminder_text')
    op.drop_table('sales_policy')
    op.drop_table('sales_pipeline')
    op.drop_table('sales_payment')
    op.drop_table('sales_pay_basis')
    op.drop_table('sales_lead_rule')
    op.drop_table('sales_lead_form')
    op.drop_table('sales_forecast_entry')
    op.drop_table('sales_credit')
    op.drop_table('sales_competitor')
    op.drop_table('sales_commission_policy')
    op.drop_table('sales_clause')
    op.drop_table('sales_claim')
    op.drop_table('sales_call_script')
