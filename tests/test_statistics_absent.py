"""A class that is not in the test set: from the unit's scores to the page."""

from dataclasses import replace

import numpy as np
from unit_toys import TRANSFER

from transients.aggregation import performance_table, summarise
from transients.fine_tuning import run_unit
from transients.performance_page import performance_page


def test_a_class_absent_from_the_test_set_is_told_in_the_table(unit):
    """It has no AUROC, nor has an average with it; the others keep theirs."""
    labels = unit.target.model_input.labels
    test = unit.sample.test[labels[unit.sample.test] != 2]  # no TDE
    without = replace(unit, sample=replace(unit.sample, test=test))
    scores = run_unit(without, {"transfer": TRANSFER})["scores"]
    table = performance_table(scores, {"bts": None}, {"bts": ["SN Ia", "SN II"]})
    rows = table.set_index("class")
    missing = rows[rows["auroc"].isna()]
    assert set(missing.index) == {"TDE", "macro", "SN II|TDE"}
    assert missing["few_tested"].all()
    assert not rows.drop(missing.index)["few_tested"].any()
    assert rows.loc["TDE", "n_test_class"] == 0
    assert np.isfinite(rows.loc[["SN Ia", "SN II", "macro_common"], "auroc"]).all()
    page = performance_page(summarise(table), "mean_sd")
    (line,) = (x for x in page.splitlines() if "| TDE " in x and "SN II" not in x)
    assert "| - † " in line
    assert "A run whose test set lacks a class has no AUROC of that class" in page
