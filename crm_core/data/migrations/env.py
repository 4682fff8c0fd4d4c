"""The only env.py: Alembic runs it with the connection and the package that data/migrate.py put into the config."""

from alembic import context

settings = context.config.attributes["settings"]
context.configure(
    connection=settings.connection,
    target_metadata=settings.metadata,
    version_table=settings.package.version_table,
    include_object=settings.include_object,
    render_item=settings.render_item,
    process_revision_directives=settings.arrange,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
