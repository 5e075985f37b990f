# Where it fails: the light curves that are misclassified most confidently.


def results_of_misclassified():
    """The page and the tables of each target."""
    targets = {"target": config["targets"]}
    page = "<results>/figures/misclassified_{target}.{kind}"
    table = "<results>/tables/misclassified_{target}.{kind}"
    return expand(page, kind=["pdf", "png"], **targets) + expand(
        table, kind=["csv", "md"], **targets
    )


def judged_size(wildcards):
    """The number of labels at which a target's failures are looked at: the largest."""
    return max(SIZES[wildcards.target])


def judged_strategy(wildcards):
    """The strategy that is looked at: best, or transfer, or else the first that runs."""
    experiment = config["experiments"][wildcards.target]
    ran = list(strategies_at(experiment, judged_size(wildcards)))
    return next(name for name in ["best", "transfer", *ran] if name in ran)


def misclassified_files(wildcards):
    """The predictions of all runs of the size, and what is known of the light curves."""
    experiment = config["experiments"][wildcards.target]
    n_train = judged_size(wildcards)
    folder = f"<results>/data/{experiment['dataset']}"
    return {
        "predictions": expand(
            "<results>/units/{target}/n{n_train}/seed{seed}/predictions.parquet",
            target=wildcards.target,
            n_train=n_train,
            seed=seeds_at(experiment, n_train),
        ),
        "model_input": [f"{folder}/model_input/{array}.npy" for array in MODEL_INPUT],
        "objects": f"{folder}/objects.parquet",
        "features": f"{folder}/features_all.parquet",
        "coverage": f"{folder}/coverage_all.parquet",
    }


def passbands_of_target(wildcards):
    """The wavelengths of the passbands of a target's data set."""
    dataset = config["experiments"][wildcards.target]["dataset"]
    return config["passbands"][config["datasets"][dataset]["passbands"]]


def dataset_of_target(wildcards):
    """What the tables and the page need to know of a target's data set."""
    dataset = config["datasets"][config["experiments"][wildcards.target]["dataset"]]
    return {key: dataset[key] for key in ["title", "classes", "trigger"]}


rule find_misclassified:
    input:
        unpack(misclassified_files),
    output:
        csv="<results>/tables/misclassified_{target}.csv",
        markdown="<results>/tables/misclassified_{target}.md",
        common="<results>/figures/data/misclassified_{target}_common.csv",
        light_curves="<results>/figures/data/misclassified_{target}.parquet",
    log:
        "<logs>/find_misclassified/{target}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(4000),
        runtime=grows(20),
    params:
        strategy=judged_strategy,
        n_train=judged_size,
        encoding=config["encoding"],
        dataset=dataset_of_target,
        passbands=passbands_of_target,
        code=code_of("misclassified", "misclassified_facts", "misclassified_page"),
    script:
        "../scripts/find_misclassified.py"


rule draw_misclassified:
    input:
        misclassified="<results>/tables/misclassified_{target}.csv",
        common="<results>/figures/data/misclassified_{target}_common.csv",
        light_curves="<results>/figures/data/misclassified_{target}.parquet",
        style=STYLE_FILE,
    output:
        pdf=report(
            "<results>/figures/misclassified_{target}.pdf",
            caption="../report/misclassified.rst",
            category="Figures",
        ),
        png="<results>/figures/misclassified_{target}.png",
    log:
        "<logs>/draw_misclassified/{target}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        strategy=judged_strategy,
        n_train=judged_size,
        encoding=config["encoding"],
        dataset=dataset_of_target,
        passbands=passbands_of_target,
        code=code_of("plotting.misclassified"),
    script:
        "../scripts/draw_misclassified.py"
