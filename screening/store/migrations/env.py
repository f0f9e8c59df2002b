"""Run the migrations on the connection and in the transaction that the caller hands over."""

from __future__ import annotations

from alembic import context

from screening.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite can, once transactions are begun by us: a migration happens whole or not at all
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
