"""Forests as tables of their nodes, in Parquet: read as numbers, never as code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from transients.bounded_parquet import read_batches
from transients.errors import DataError
from transients.trees import Trees

LEAF = -1
MOST_NODES = 50_000_000
"""Of a forest: ours have a hundredth of it."""

COLUMNS = {
    "tree": pa.int32(),
    "feature": pa.dictionary(pa.int32(), pa.string()),
    "threshold": pa.float64(),
    "missing_left": pa.bool_(),
    "left": pa.int32(),
    "right": pa.int32(),
}
"""Nodes in the order of their trees. Objects whose feature is at most the threshold go
to the node `left`, others to `right`: rows of the file, -1 in a leaf, which has no
feature. Those whose feature is missing go left where missing_left says so."""


@dataclass(frozen=True)
class SavedTrees:
    """N nodes of all trees, as in COLUMNS; of leaves the probabilities (N, classes).

    features has the position of each node's feature in names; roots are the first nodes
    of the trees.
    """

    names: list[str]
    roots: NDArray[np.int64]
    features: NDArray[np.int64]
    threshold: NDArray[np.float64]
    missing_left: NDArray[np.bool_]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    probabilities: NDArray[np.float64]

    def predict(self, features: pd.DataFrame) -> NDArray[np.float64]:
        """Return the probabilities of n objects, (n, classes), as Trees.predict does.

        Raises DataError if the table lacks a feature.
        """
        if absent := {*self.names} - {*features}:
            raise DataError(
                f"the forest knows the feature {min(absent)!r}, which these light"
                " curves have not: they need the passbands that it was trained on"
            )
        values = features[self.names].to_numpy(np.float32)
        total = np.zeros((len(values), self.probabilities.shape[1]))
        for root in self.roots:
            total += self.probabilities[self._leaves(values, root)]
        return total / len(self.roots)

    def _leaves(self, values: NDArray[np.float32], root: int) -> NDArray[np.int64]:
        """Return the leaf of one tree in which each of n objects ends."""
        node = np.full(len(values), root)
        rows = np.arange(len(values))
        while len(rows := rows[self.left[node[rows]] != LEAF]):
            here = node[rows]
            value = values[rows, self.features[here]]
            below = value <= self.threshold[here]
            goes_left = np.where(np.isnan(value), self.missing_left[here], below)
            node[rows] = np.where(goes_left, self.left[here], self.right[here])
        return node


def save_trees(trees: Trees, classes: Sequence[str], path: Path) -> None:
    """Write a forest with a column of probabilities for each of its classes.

    Raises DataError for gradient boosting, whose trees have no such probabilities.
    """
    grown = getattr(trees.learner, "estimators_", None)
    if grown is None:
        raise DataError("gradient boosting cannot be exported: take a forest")
    before = 0
    with pq.ParquetWriter(path, _schema(classes), compression="zstd") as writer:
        for number, estimator in enumerate(grown):
            nodes = _nodes(trees, estimator.tree_, before)
            nodes["tree"] = np.full(len(nodes["left"]), number)
            writer.write_table(_table(nodes, trees.names, classes))
            before += len(nodes["left"])


def _schema(classes: Sequence[str]) -> pa.Schema:
    probabilities = [(f"p({name})", pa.float64()) for name in classes]
    return pa.schema([*COLUMNS.items(), *probabilities])


def _nodes(
    trees: Trees,
    tree: Any,  # noqa: ANN401 (scikit-learn's, which has no type)
    before: int,
) -> dict[str, NDArray]:
    """Return the nodes of one of scikit-learn's trees, `before` rows down the table."""
    leaf = tree.children_left == LEAF
    probabilities = np.zeros((len(leaf), trees.n_classes))
    probabilities[:, trees.learner.classes_] = tree.value[:, 0]
    probabilities[~leaf] = 0.0
    return {
        "feature": np.where(leaf, LEAF, tree.feature),
        "threshold": np.where(leaf, 0.0, tree.threshold),
        "missing_left": tree.missing_go_to_left.astype(bool) & ~leaf,
        "left": np.where(leaf, LEAF, tree.children_left + before),
        "right": np.where(leaf, LEAF, tree.children_right + before),
        "probabilities": probabilities,
    }


def _table(
    nodes: dict[str, NDArray], names: Sequence[str], classes: Sequence[str]
) -> pa.Table:
    feature = pa.array(nodes["feature"], pa.int32(), mask=nodes["feature"] == LEAF)
    columns = [nodes[name] for name in COLUMNS if name != "feature"]
    columns.insert(1, pa.DictionaryArray.from_arrays(feature, pa.array(names)))
    schema = _schema(classes)
    columns += list(nodes["probabilities"].T)
    return pa.Table.from_arrays(
        [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)],
        schema=schema,
    )


def load_trees(path: Path, classes: Sequence[str]) -> SavedTrees:
    """Return a forest that save_trees has written for these classes.

    Raises DataError for anything else: a table of other columns, or that unpacks to
    more than transients.bounded allows, nodes that do not lead to a leaf,
    probabilities that are none.
    """
    try:
        table = _node_table(path, _schema(classes))
        trees = _from_table(table.unify_dictionaries())
        _require_trees(trees, table["tree"].to_numpy())
    except (pa.ArrowException, ValueError, OSError, LookupError) as error:
        raise DataError(
            f"{path}: not a forest of this workflow ({error}); export the model again"
        ) from error
    return trees


def _node_table(path: Path, schema: pa.Schema) -> pa.Table:
    """Return the columns, if there are these alone and memory for as many rows."""
    with pq.ParquetFile(path) as file:
        nodes, names = file.metadata.num_rows, file.schema_arrow.names
    if not 0 < nodes <= MOST_NODES:
        raise ValueError(f"it has {nodes} nodes")
    if names != schema.names:
        raise ValueError(f"its columns are {str(names)[:500]}")
    batches = read_batches(path, names)
    return pa.concat_tables(pa.table(batch).cast(schema) for batch in batches)


def _from_table(table: pa.Table) -> SavedTrees:
    feature = table["feature"].combine_chunks()
    used = feature.dictionary.to_pylist()
    codes = feature.indices.fill_null(0).to_numpy(zero_copy_only=False)
    arrays = {name: table[name].to_numpy() for name in COLUMNS if name != "feature"}
    if any(table[name].null_count for name in table.schema.names if name != "feature"):
        raise ValueError("values are missing")
    leaf = arrays["left"] == LEAF
    if not np.array_equal(leaf, feature.is_null().to_numpy(zero_copy_only=False)):
        raise ValueError("a leaf has a feature, or another node has none")
    tree = arrays.pop("tree")
    return SavedTrees(
        used,
        np.flatnonzero(np.diff(tree, prepend=-1)),
        codes.astype(np.int64),
        probabilities=np.stack(
            [table[name].to_numpy() for name in table.schema.names[len(COLUMNS) :]], 1
        ),
        **{
            name: values.astype(np.int64) if name in ("left", "right") else values
            for name, values in arrays.items()
        },
    )


def _require_trees(trees: SavedTrees, tree: NDArray[np.int32]) -> None:
    """Raise ValueError unless every way down a tree ends in a leaf of it."""
    if tree[0] != 0 or not np.isin(np.diff(tree), (0, 1)).all():
        raise ValueError("its trees are not in their order")
    if not np.array_equal(trees.left == LEAF, trees.right == LEAF):
        raise ValueError("a node has one child")
    inner = np.flatnonzero(trees.left != LEAF)
    for children in (trees.left[inner], trees.right[inner]):
        outside = (children <= inner) | (children >= len(tree))
        if outside.any() or (tree[children] != tree[inner]).any():
            raise ValueError("a node's child is not further down in its tree")
    of_leaves = trees.probabilities[trees.left == LEAF]
    if not (of_leaves >= 0).all() or not np.allclose(of_leaves.sum(axis=1), 1):
        raise ValueError("probabilities of a leaf do not add up to 1")
