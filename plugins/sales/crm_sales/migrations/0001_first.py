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
    op.create_table('sales_payment',
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=False),
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
        sa.Column('list_price', sa.BigInteger(), nullable=True),
        sa.Column('price', sa.BigInteger(), nullable=True),
        sa.Column('discount', sa.Integer(), nullable=False),
        sa.Column('rate', sa.Integer(), nullable=True),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('product_id', ID, nullable=True),
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
        sa.Column('note', sa.Text(), nullable=True),
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
        sa.Column('note', sa.Text(), nullable=True),
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
        sa.ForeignKeyConstraint(['contact_id'], ['core_contact.id'], name=op.f('fk_sales_contract_contact_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_contract_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_contract_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['opportunity_id'], ['sales_opportunity.id'], name=op.f('fk_sales_contract_opportunity_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_contract_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['quote_id'], ['sales_quote.id'], name=op.f('fk_sales_contract_quote_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_contract_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_contract'))
    )
    op.create_table('sales_quote_item',
        sa.Column('quote_id', ID, nullable=False),
        sa.Column('what', sa.String(length=255), nullable=False),
        sa.Column('quantity', sa.BigInteger(), nullable=False),
        sa.Column('list_price', sa.BigInteger(), nullable=True),
        sa.Column('price', sa.BigInteger(), nullable=True),
        sa.Column('discount', sa.Integer(), nullable=False),
        sa.Column('rate', sa.Integer(), nullable=True),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('product_id', ID, nullable=True),
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
    op.create_table('sales_contract_item',
        sa.Column('contract_id', ID, nullable=False),
        sa.Column('what', sa.String(length=255), nullable=False),
        sa.Column('quantity', sa.BigInteger(), nullable=False),
        sa.Column('list_price', sa.BigInteger(), nullable=True),
        sa.Column('price', sa.BigInteger(), nullable=True),
        sa.Column('discount', sa.Integer(), nullable=False),
        sa.Column('rate', sa.Integer(), nullable=True),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('product_id', ID, nullable=True),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_contract_item'))
    )
    op.create_table('sales_order',
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('contact_id', ID, nullable=True),
        sa.Column('opportunity_id', ID, nullable=True),
        sa.Column('quote_id', ID, nullable=True),
        sa.Column('contract_id', ID, nullable=True),
        sa.Column('day', sa.Date(), nullable=True),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
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
        sa.ForeignKeyConstraint(['contract_id'], ['sales_contract.id'], name=op.f('fk_sales_order_contract_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_order_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_order_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['opportunity_id'], ['sales_opportunity.id'], name=op.f('fk_sales_order_opportunity_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_order_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['quote_id'], ['sales_quote.id'], name=op.f('fk_sales_order_quote_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_order_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_order'))
    )
    op.create_table('sales_invoice',
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('order_id', ID, nullable=True),
        sa.Column('day', sa.Date(), nullable=True),
        sa.Column('due', sa.Date(), nullable=True),
        sa.Column('paid', sa.BigInteger(), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=False),
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
        sa.ForeignKeyConstraint(['customer_id'], ['core_customer.id'], name=op.f('fk_sales_invoice_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['department_id'], ['core_department.id'], name=op.f('fk_sales_invoice_department_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['order_id'], ['sales_order.id'], name=op.f('fk_sales_invoice_order_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_sales_invoice_owner_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_sales_invoice_team_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_invoice'))
    )
    op.create_table('sales_order_item',
        sa.Column('order_id', ID, nullable=False),
        sa.Column('what', sa.String(length=255), nullable=False),
        sa.Column('quantity', sa.BigInteger(), nullable=False),
        sa.Column('list_price', sa.BigInteger(), nullable=True),
        sa.Column('price', sa.BigInteger(), nullable=True),
        sa.Column('discount', sa.Integer(), nullable=False),
        sa.Column('rate', sa.Integer(), nullable=True),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('product_id', ID, nullable=True),
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
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_order_item'))
    )
    op.create_table('sales_allocation',
        sa.Column('payment_id', ID, nullable=False),
        sa.Column('invoice_id', ID, nullable=False),
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
        sa.ForeignKeyConstraint(['invoice_id'], ['sales_invoice.id'], name=op.f('fk_sales_allocation_invoice_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['payment_id'], ['sales_payment.id'], name=op.f('fk_sales_allocation_payment_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_allocation'))
    )
    op.create_table('sales_invoice_item',
        sa.Column('invoice_id', ID, nullable=False),
        sa.Column('what', sa.String(length=255), nullable=False),
        sa.Column('quantity', sa.BigInteger(), nullable=False),
        sa.Column('list_price', sa.BigInteger(), nullable=True),
        sa.Column('price', sa.BigInteger(), nullable=True),
        sa.Column('discount', sa.Integer(), nullable=False),
        sa.Column('rate', sa.Integer(), nullable=True),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('product_id', ID, nullable=True),
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
        sa.ForeignKeyConstraint(['product_id'], ['core_product.id'], name=op.f('fk_sales_invoice_item_product_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_invoice_item'))
    )
    with op.batch_alter_table('sales_call_script') as batch:
        batch.create_index('ix_sales_call_script_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_competitor') as batch:
        batch.create_index('ix_sales_competitor_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_competitor_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_lead_form') as batch:
        batch.create_index('ix_sales_lead_form_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
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
    with op.batch_alter_table('sales_lead_rule') as batch:
        batch.create_index(batch.f('ix_sales_lead_rule_industry_id'), ['industry_id'], unique=False)
        batch.create_index(batch.f('ix_sales_lead_rule_region_id'), ['region_id'], unique=False)
        batch.create_index('ix_sales_lead_rule_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_pipeline') as batch:
        batch.create_index(batch.f('ix_sales_pipeline_for_department_id'), ['for_department_id'], unique=False)
        batch.create_index(batch.f('ix_sales_pipeline_for_team_id'), ['for_team_id'], unique=False)
        batch.create_index('ix_sales_pipeline_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_pipeline_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_lead_receiver') as batch:
        batch.create_index(batch.f('ix_sales_lead_receiver_rule_id'), ['rule_id'], unique=False)
        batch.create_index(batch.f('ix_sales_lead_receiver_user_id'), ['user_id'], unique=False)
    with op.batch_alter_table('sales_stage') as batch:
        batch.create_index('ix_sales_stage_name_key', ['name_key', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_stage_pipeline_id'), ['pipeline_id'], unique=False)
        batch.create_index('ix_sales_stage_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_payment') as batch:
        batch.create_index(batch.f('ix_sales_payment_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_payment_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_payment_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_payment_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_payment_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
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
        batch.create_index('ix_sales_opportunity_item_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_opportunity_member') as batch:
        batch.create_index(batch.f('ix_sales_opportunity_member_opportunity_id'), ['opportunity_id'], unique=False)
        batch.create_index(batch.f('ix_sales_opportunity_member_user_id'), ['user_id'], unique=False)
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
        batch.create_index(batch.f('ix_sales_quote_opportunity_id'), ['opportunity_id'], unique=False)
        batch.create_index('ix_sales_quote_owner_id_state_updated_at', ['owner_id', 'state', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_quote_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_quote_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_quote_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
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
        batch.create_index(batch.f('ix_sales_contract_contact_id'), ['contact_id'], unique=False)
        batch.create_index(batch.f('ix_sales_contract_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_contract_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_contract_opportunity_id'), ['opportunity_id'], unique=False)
        batch.create_index('ix_sales_contract_owner_id_state_updated_at', ['owner_id', 'state', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_contract_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_contract_quote_id'), ['quote_id'], unique=False)
        batch.create_index('ix_sales_contract_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_contract_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_quote_item') as batch:
        batch.create_index('ix_sales_quote_item_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_quote_item_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_quote_item_product_id'), ['product_id'], unique=False)
        batch.create_index(batch.f('ix_sales_quote_item_quote_id'), ['quote_id'], unique=False)
        batch.create_index('ix_sales_quote_item_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
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
    with op.batch_alter_table('sales_contract_item') as batch:
        batch.create_index(batch.f('ix_sales_contract_item_contract_id'), ['contract_id'], unique=False)
        batch.create_index('ix_sales_contract_item_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_contract_item_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_contract_item_product_id'), ['product_id'], unique=False)
        batch.create_index('ix_sales_contract_item_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_contract_item_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_order') as batch:
        batch.create_index(batch.f('ix_sales_order_contact_id'), ['contact_id'], unique=False)
        batch.create_index(batch.f('ix_sales_order_contract_id'), ['contract_id'], unique=False)
        batch.create_index(batch.f('ix_sales_order_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_order_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_order_opportunity_id'), ['opportunity_id'], unique=False)
        batch.create_index('ix_sales_order_owner_id_state_updated_at', ['owner_id', 'state', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_order_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_order_quote_id'), ['quote_id'], unique=False)
        batch.create_index('ix_sales_order_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_order_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_invoice') as batch:
        batch.create_index(batch.f('ix_sales_invoice_customer_id'), ['customer_id'], unique=False)
        batch.create_index('ix_sales_invoice_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_invoice_order_id'), ['order_id'], unique=False)
        batch.create_index('ix_sales_invoice_owner_id_state_updated_at', ['owner_id', 'state', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_invoice_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index('ix_sales_invoice_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_invoice_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_order_item') as batch:
        batch.create_index('ix_sales_order_item_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_order_item_order_id'), ['order_id'], unique=False)
        batch.create_index('ix_sales_order_item_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_order_item_product_id'), ['product_id'], unique=False)
        batch.create_index('ix_sales_order_item_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_order_item_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
    with op.batch_alter_table('sales_allocation') as batch:
        batch.create_index(batch.f('ix_sales_allocation_invoice_id'), ['invoice_id'], unique=False)
        batch.create_index(batch.f('ix_sales_allocation_payment_id'), ['payment_id'], unique=False)
    with op.batch_alter_table('sales_invoice_item') as batch:
        batch.create_index('ix_sales_invoice_item_department_id_updated_at', ['department_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_invoice_item_invoice_id'), ['invoice_id'], unique=False)
        batch.create_index('ix_sales_invoice_item_owner_id_updated_at', ['owner_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch.create_index(batch.f('ix_sales_invoice_item_product_id'), ['product_id'], unique=False)
        batch.create_index('ix_sales_invoice_item_team_id_updated_at', ['team_id', 'updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'), postgresql_where=sa.text('deleted_at IS NULL AND team_id IS NOT NULL'))
        batch.create_index('ix_sales_invoice_item_updated_at', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))


def downgrade() -> None:
    op.drop_table('sales_invoice_item')
    op.drop_table('sales_allocation')
    op.drop_table('sales_order_item')
    op.drop_table('sales_invoice')
    op.drop_table('sales_order')
    op.drop_table('sales_contract_item')
    op.drop_table('sales_call')
    op.drop_table('sales_quote_item')
    op.drop_table('sales_contract')
    op.drop_table('sales_call_entry')
    op.drop_table('sales_quote')
    op.drop_table('sales_opportunity_stage')
    op.drop_table('sales_opportunity_member')
    op.drop_table('sales_opportunity_item')
    op.drop_table('sales_lead')
    op.drop_table('sales_opportunity')
    op.drop_table('sales_stage')
    op.drop_table('sales_lead_receiver')
    op.drop_table('sales_call_question')
    op.drop_table('sales_call_list')
    op.drop_table('sales_score_rule')
    op.drop_table('sales_pipeline')
    op.drop_table('sales_payment')
    op.drop_table('sales_lead_rule')
    op.drop_table('sales_lead_form')
    op.drop_table('sales_competitor')
    op.drop_table('sales_call_script')
