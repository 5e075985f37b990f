"""The benchmark, `make bench`: what the workflow gains over the plain way of today.

One module an item, each with `measure`, `summarise` and `draw`; its docstring is what
the page says of it. `plain` is what the engine is compared with.
"""
