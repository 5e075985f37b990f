"""Results on fewer than three test objects bear a mark."""

import pandas as pd
import pytest

from transients.few_tested import few_tested, footnote

CLASSES = {"SN Ia": 500, "SN II": 90}


def scores(tde, **counts):
    """The rows of a unit of three classes, of which SN Ia and SN II are common."""
    tested = CLASSES | {"TDE": tde} | counts
    common = tested["SN Ia"] + tested["SN II"]
    rows = [(name, n, sum(tested.values())) for name, n in tested.items()]
    rows += [
        ("macro", sum(tested.values()), sum(tested.values())),
        ("macro_common", common, sum(tested.values())),
        ("macro_common_only", common, common),
        ("SN Ia|SN II", common, common),
        ("SN II|TDE", tested["SN II"] + tde, tested["SN II"] + tde),
    ]
    table = pd.DataFrame(rows, columns=["class", "n_test_class", "n_test"])
    return table.assign(target="bts", strategy="transfer", n_train=100, seed=0)


def marked(table):
    few = few_tested(table, {"bts": list(CLASSES)})
    return set(table.loc[few, "class"])


@pytest.mark.parametrize("tde", [0, 2])
def test_a_rare_class_marks_all_that_it_enters(tde):
    assert marked(scores(tde)) == {"TDE", "macro", "SN II|TDE"}


def test_three_objects_are_enough():
    assert marked(scores(3)) == set()


def test_a_rare_common_class_marks_the_common_averages():
    names = {"SN II", "SN Ia|SN II", "SN II|TDE"}
    averages = {"macro", "macro_common", "macro_common_only"}
    assert marked(scores(20, **{"SN II": 1})) == names | averages


def test_a_unit_does_not_mark_another():
    table = pd.concat(
        [scores(2), scores(9).assign(seed=1), scores(9).assign(target="x")]
    )
    table = table.sample(frac=1, random_state=0).reset_index(drop=True)
    few = few_tested(table, {"bts": list(CLASSES), "x": list(CLASSES)})
    assert set(table.loc[few, "seed"]) == {0}
    assert set(table.loc[few, "target"]) == {"bts"}
    assert few.sum() == 3


def test_of_two_classes_one_counts_for_both():
    table = scores(1)[lambda x: x["class"].isin(["TDE", "SN II"])].assign(n_test=91)
    assert marked(table) == {"TDE", "SN II"}


def test_a_footnote_stands_where_there_is_a_mark():
    assert footnote(pd.Series([False])) == ""
    assert footnote(pd.Series([False, True])) == (
        "\n† in some run fewer than 3 test objects of a class.\n"
    )
