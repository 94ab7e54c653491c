"""The database: the only room with SQL. `store.database.Store` is its door."""
