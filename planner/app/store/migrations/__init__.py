"""The steps that bring the store's tables up to date; Alembic runs them in order."""
