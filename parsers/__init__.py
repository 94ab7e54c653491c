"""Bytes become `Document`s: Word and scan give the same type."""
