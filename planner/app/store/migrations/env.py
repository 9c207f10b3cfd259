"""Runs the migrations on the connection that the store has open, in its transaction."""

from alembic import context

from planner.app.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite can: a step that fails leaves nothing behind
)
with context.begin_transaction():
    context.run_migrations()
