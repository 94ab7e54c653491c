"""The review desk: datasette over intake.db with Chinese words, a login, and a page a project."""
