"""One run of the plain way, as a program: folder, arm, n_train, seed.

The folder holds the model input, plain.keras and config.json. Prints JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import keras
import numpy as np

from transients.encoding import load
from transients.metrics import class_aurocs
from transients.model import Architecture
from transients.sampling import draw_sample

from . import plain


def main(folder: Path, arm: str, n_train: int, seed: int) -> None:
    """Train, predict the test set, and print the macro AUROC."""
    config = json.loads((folder / "config.json").read_text())
    recipe = config["recipes"]["higher_rate"]
    classes = config["datasets"]["bts"]["classes"]
    data = load(folder / "results/data/bts/model_input")
    arrays, labels = plain.padded(data), np.array(data.labels)
    sample = draw_sample(len(data), n_train, ("bts", seed), validation_fraction=0.2)
    keras.utils.set_random_seed(seed)
    if arm == "transfer":
        pretrained = keras.saving.load_model(folder / "plain.keras")
        model = plain.transferred(pretrained, len(classes))
    else:
        model = plain.classifier(Architecture(**config["model"]), len(classes))
    plain.compile_for(model, recipe["learning_rate"])
    model.fit(
        plain.some(arrays, sample.train),
        labels[sample.train],
        batch_size=recipe["batch_size"],
        epochs=recipe["epochs"],
        validation_data=(
            plain.some(arrays, sample.validation),
            labels[sample.validation],
        ),
        callbacks=[
            keras.callbacks.EarlyStopping(
                **recipe["early_stopping"], restore_best_weights=True
            )
        ],
        class_weight=plain.class_weight(labels[sample.train]),
        verbose=0,
    )
    tested = plain.some(arrays, sample.test)
    scores = model.predict(tested, plain.PREDICTION_BATCH, verbose=0)
    aurocs = class_aurocs(labels[sample.test], scores.astype(float), classes)
    print(json.dumps({"auroc": float(aurocs["macro"])}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
