"""Campaigns as data."""
