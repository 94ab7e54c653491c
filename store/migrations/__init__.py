"""Steps of the schema: `NNN_intake_*.sql` for intake.db, `NNN_private_*.sql` for private.db, applied in order; `user_version` counts them."""
