"""How much generated input the property-based tests see: the same on every run."""

import mutations
from hypothesis import settings

settings.register_profile("always", derandomize=True, deadline=None, max_examples=25)
settings.register_profile("fuzz", deadline=None, max_examples=500)
settings.load_profile("fuzz" if mutations.COUNT > 200 else "always")
