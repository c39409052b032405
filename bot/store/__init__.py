"""PostgreSQL: schema, migrations, queries, jobs. Alone knows asyncpg and PgQueuer."""
