# What a complete run makes, and what its figures and tables say of the data.

SHEET = ["pdf", "png", "csv"]

FIGURES = {
    "bts": ["fig1_left", "fig3", "fig5"],
    "lsst_sims": ["fig1_right", "fig4"],
}

VIEWS = ["strategies", "strategies_by_class"]

TABLES_OF_REPORT = [
    *["claims", "claims_by_data", "performance", "paired", "label_efficiency"],
    *["training_time", "resources", "class_counts"],
]

COMPARED = [name for name in config["targets"] if compared_with(config, name)]


def figures_and_tables():
    """Everything that a complete run makes."""
    resources = expand("<results>/tables/resources.{kind}", kind=["csv", "md"])
    return results_of_science() + resources


def results_of_science():
    """Everything that a complete run makes, but what it says of its own jobs."""
    figures = ["fig2"] + figures_of_paper()
    tables = ["class_counts", "training_time", "claims", "performance", "dropped"]
    tables += ["paired", "label_efficiency", "claims_by_data"]
    tables += ["ablation"] if ablations_of_targets() else []
    sheets = datasets_in_use(config)
    return (
        expand("<results>/datasheets/{name}.{kind}", name=sheets, kind=SHEET)
        + expand("<results>/figures/{name}.{kind}", name=figures, kind=["pdf", "png"])
        + expand("<results>/tables/{name}.{kind}", name=tables, kind=["csv", "md"])
        + ["<results>/tables/performance.parquet"]
        + results_of_realism()
        + results_of_strategies()
        + results_of_misclassified()
        + results_of_diagnostics()
    )


def figures_of_paper():
    """The paper's figures of those targets that run the paper's strategies."""
    strategies = {t: config["experiments"][t]["strategies"] for t in config["targets"]}
    return [
        figure
        for target, ours in strategies.items()
        if any(ours[name]["n_train"] for name in {"transfer", "scratch"} & set(ours))
        for figure in FIGURES.get(target, [])
    ]


def results_of_realism():
    """The table and the figures of the targets that simulations are compared with."""
    kinds = {"kind": ["csv", "md"]} if COMPARED else {"kind": []}
    return expand("<results>/tables/realism.{kind}", **kinds) + expand(
        "<results>/figures/realism_{target}.{kind}",
        target=COMPARED,
        kind=["pdf", "png"],
    )


def results_of_strategies():
    """The figures of all strategies, and of what their ingredients are worth."""
    names = expand("{view}_{target}", view=VIEWS, target=config["targets"])
    names += ["ablation"] if ablations_of_targets() else []
    return expand("<results>/figures/{name}.{kind}", name=names, kind=["pdf", "png"])


def results_of_misclassified():
    """The page and the tables of each target."""
    targets = {"target": config["targets"]}
    page = "<results>/figures/misclassified_{target}.{kind}"
    table = "<results>/tables/misclassified_{target}.{kind}"
    return expand(page, kind=["pdf", "png"], **targets) + expand(
        table, kind=["csv", "md"], **targets
    )


def results_of_diagnostics():
    """How networks learnt, and what the runs of each target's largest size said."""
    sizes = {target: max(SIZES[target]) for target in config["targets"]}
    names, tables = ["learning_sources"] if trained_sources() else [], []
    for target, n_train in sizes.items():
        names += [f"{name}_{target}_n{n_train}" for name in DIAGNOSTICS]
        if shown_networks(SimpleNamespace(target=target, n_train=n_train)):
            names.append(f"since_trigger_{target}_n{n_train}")
        tables.append(f"calibration_{target}_n{n_train}")
        if config["experiments"][target]["source"] in trained_sources():
            names.append(f"embeddings_{target}")
        if (most := size_of_learning(target)) is not None:
            names.append(f"learning_{target}_n{most}_seed0")
    return expand(
        "<results>/figures/{name}.{kind}", name=names, kind=["pdf", "png"]
    ) + expand("<results>/tables/{name}.{kind}", name=tables, kind=["csv", "md"])


def ablations_of_targets():
    """The ingredients that are taken from strategies, for the targets that ask for it."""
    asked = {t: config["experiments"][t].get("ablation", []) for t in config["targets"]}
    return {target: some for target, some in asked.items() if some}


def ablated_strategies(target):
    """The strategies of a target that another is compared with, an ingredient taken."""
    return [one["without"] for one in ablations_of_targets().get(target, [])]


def titles_of_targets():
    """What the data of each target are, in the words of the configuration."""
    datasets = {
        target: config["experiments"][target]["dataset"] for target in config["targets"]
    }
    return {
        target: config["datasets"][name]["title"] for target, name in datasets.items()
    }


def caps_on_tests():
    """The most light curves that each target is tested on; None: all that are left."""
    return {
        target: config["experiments"][target]["max_test"]
        for target in config["targets"]
    }


def target_of_figure(figure):
    """The target whose results a figure shows."""
    return next(target for target, names in FIGURES.items() if figure in names)


def title_of_figure(wildcards):
    """What the figure says of the data of the target that it shows."""
    return title_of_target(target_of_figure(wildcards.figure))


TABLES_OF_REPORT += [f"calibration_{t}_n{max(SIZES[t])}" for t in config["targets"]]
TABLES_OF_REPORT += ["realism"] if COMPARED else []
TABLES_OF_REPORT += ["ablation"] if ablations_of_targets() else []
PAGES_OF_REPORT = [*TABLES_OF_REPORT, "provenance"]


def caption_of(name):
    """The caption of a table, which its page shows, too."""
    kind = "calibration" if name.startswith("calibration_") else name
    return Path(workflow.basedir) / "workflow" / "report" / "tables" / f"{kind}.rst"


def reported(name):
    """The page of a table, in the report."""
    return report(
        f"<results>/pages/{name}.html",
        caption=str(caption_of(name)),
        category="Tables",
        labels={"table": name.replace("_", " ")},
    )


def made_by(file):
    """The rule that makes a file, and the fingerprints of its code."""
    maker = next(one for one in workflow.rules if one.is_producer(file))
    code = maker.params.get("code", [])
    if callable(code):
        code = code(maker.get_wildcards(file))
    return {"rule": maker.name, "code": code}
