"""Word, sheets and plain text."""
