"""Errors that a user can act on: what is wrong, where, and what to do."""

from __future__ import annotations


class TransientsError(Exception):
    """Base of the errors whose message alone is meant for the user."""


class ConfigurationError(TransientsError):
    """The configuration asks for something that does not exist or contradicts."""


class DataError(TransientsError):
    """Input data violate the rules that the workflow relies on."""


class StorageError(TransientsError):
    """A disk is full, or a folder cannot be written to."""
