"""The page of misclassified objects in Markdown: which, how many, what is common."""

from __future__ import annotations

import pandas as pd

from transients.aggregation import to_markdown
from transients.misclassified import MISCLASSIFIED_COLUMNS, MOST_SHOWN
from transients.misclassified_facts import BRIGHTEST, DUST, REDSHIFT, SPAN

IN_PAGE = ("points", SPAN, BRIGHTEST, REDSHIFT, DUST)
"""Facts of each object on the page, beside its colours; the CSV file has all."""
COMMON = (
    "Medians of these and of all tested light curves, of any class. difference: median"
    " of their differences from the median of their own class. rank_p25 to rank_p75:"
    " where these stand among the tested ones of their own class, 0 the lowest, 1 the"
    " highest; half of them between .25 and .75 would be nothing special. distance,"
    " p_value: of the ranks from even ones (Kolmogorov-Smirnov), not corrected for the"
    " number of quantities."
)


def misclassified_page(
    strategy: str,
    n_train: int,
    tested: pd.DataFrame,
    wrong: pd.DataFrame,
    compared: pd.DataFrame,
) -> str:
    """Return the page; tables are those of misclassified.py and misclassified_facts.py.

    wrong has the facts of each object beside it.
    """
    known = [name for name in IN_PAGE if name in wrong]
    colours = [name for name in wrong if str(name).endswith(" at peak [mag]")]
    shown = wrong.head(MOST_SHOWN)[[*MISCLASSIFIED_COLUMNS, *known, *colours]]
    shown = shown.astype({"points": int})
    return (
        f"## Most confidently misclassified\n\n`{strategy}` with {n_train:,} labels:"
        f" {len(wrong):,} of {len(tested):,} tested light curves are misclassified, by"
        " their mean probabilities over the runs that tested them. The most confident:"
        f"\n\n{to_markdown(shown)}\n\n## Which for which\n\n"
        f"{to_markdown(confusion(tested))}\n\n## What the {len(shown)} have in common"
        f"\n\n{COMMON}\n\n{to_markdown(compared)}\n"
    )


def confusion(tested: pd.DataFrame) -> pd.DataFrame:
    """Return the number of tested objects, class by predicted class."""
    counts = pd.crosstab(tested["class"], tested["predicted"])
    order = tested["class"].value_counts().index
    others = [name for name in counts.columns if name not in order]
    counts = counts.reindex(index=order, columns=[*order, *others], fill_value=0)
    counts.columns = [f"predicted {name}" for name in counts.columns]
    counts.insert(0, "tested", counts.sum(axis=1))
    return counts.rename_axis("class").reset_index()
