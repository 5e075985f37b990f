"""Transfer learning for transient classification: data, model, experiment, figures.

Data flows one way: readers -> tables -> encoding -> sampling, model, training ->
metrics -> aggregation -> claims and figures. Nothing imports upwards, and nothing in
this package knows of Snakemake.
"""
