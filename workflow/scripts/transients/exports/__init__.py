"""Exports: a data set in the files of other tools, one module per format."""
