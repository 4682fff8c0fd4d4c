"""The full-text index beside core_search: FTS5 on SQLite, a generated tsvector with GIN on PostgreSQL. Written by hand."""

from alembic import op

revision = "core_0002"
down_revision = "core_0001"
changes = ()
fills = ()
# What the models do not know: indexes by name, columns as table.column. Virtual tables of SQLite are never compared.
by_hand = ("core_search.vector", "ix_core_search_vector")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE core_search_fts USING fts5(tokens, content='core_search', content_rowid='id', "
            "tokenize=\"unicode61 remove_diacritics 0 tokenchars '_~'\", prefix='3')"
        )
        return
    op.execute(
        "ALTER TABLE core_search ADD COLUMN vector tsvector GENERATED ALWAYS AS "
        "(array_to_tsvector(array_remove(string_to_array(tokens, ' '), '') || ARRAY[left(tokens, 2) || '#' || (id >> 9)::text, "
        "left(tokens, 2) || '##' || (id >> 14)::text, left(tokens, 2) || '###' || (id >> 19)::text])) STORED"
    )
    op.execute("CREATE INDEX ix_core_search_vector ON core_search USING gin (vector) WITH (gin_pending_list_limit = 256)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE core_search_fts")
        return
    op.execute("DROP INDEX ix_core_search_vector")
    op.execute("ALTER TABLE core_search DROP COLUMN vector")
