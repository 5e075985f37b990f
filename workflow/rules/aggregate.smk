# From units to the paper's tables.


rule collect_performance:
    input:
        units("scores"),
    output:
        parquet="<results>/tables/performance.parquet",
        csv="<results>/tables/performance.csv",
        markdown="<results>/tables/performance.md",
    log:
        "<logs>/collect_performance.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        centre_and_spread=config["figures"]["centre_and_spread"],
        max_test=caps_on_tests(),
        common_classes=common_classes(),
        code=code_of("collect_performance.py", "performance_page", "wording"),
    script:
        "../scripts/collect_performance.py"


rule compare_strategies:
    input:
        performance="<results>/tables/performance.parquet",
    output:
        csv="<results>/tables/paired.csv",
        markdown="<results>/tables/paired.md",
    log:
        "<logs>/compare_strategies.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        code=code_of("compare_strategies.py", "paired", "aggregation"),
    script:
        "../scripts/compare_strategies.py"


rule compare_ablations:
    input:
        paired="<results>/tables/paired.csv",
    output:
        csv="<results>/tables/ablation.csv",
        markdown="<results>/tables/ablation.md",
    log:
        "<logs>/compare_ablations.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        ablations=ablations_of_targets(),
        code=code_of("compare_ablations.py", "ablation", "aggregation"),
    script:
        "../scripts/compare_ablations.py"


rule compare_label_efficiency:
    input:
        performance="<results>/tables/performance.parquet",
    output:
        csv="<results>/tables/label_efficiency.csv",
        markdown="<results>/tables/label_efficiency.md",
    log:
        "<logs>/compare_label_efficiency.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        code=code_of("compare_label_efficiency.py", "label_efficiency", "aggregation"),
    script:
        "../scripts/compare_label_efficiency.py"


rule compare_training_time:
    input:
        units("training"),
    output:
        parquet="<results>/tables/training.parquet",
        csv="<results>/tables/training_time.csv",
        markdown="<results>/tables/training_time.md",
    log:
        "<logs>/compare_training_time.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        max_test=caps_on_tests(),
        code=code_of("compare_training_time.py", "aggregation"),
    script:
        "../scripts/compare_training_time.py"


rule check_claims:
    input:
        performance="<results>/tables/performance.parquet",
        training="<results>/tables/training.parquet",
        claims=str(CONFIG_FOLDER / "claims.yaml"),
    output:
        csv="<results>/tables/claims.csv",
        markdown="<results>/tables/claims.md",
    log:
        "<logs>/check_claims.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        titles=titles_of_targets(),
        real=real_targets(),
        code=code_of("check_claims.py", "claims"),
    script:
        "../scripts/check_claims.py"


rule compare_claims:
    input:
        tables=["<results>/tables/claims.csv"]
        + expand("{folder}/tables/claims.csv", folder=config["compare_with"]),
        claims=str(CONFIG_FOLDER / "claims.yaml"),
    output:
        csv="<results>/tables/claims_by_data.csv",
        markdown="<results>/tables/claims_by_data.md",
    log:
        "<logs>/compare_claims.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        code=code_of("compare_claims.py", "claims"),
    script:
        "../scripts/compare_claims.py"


rule count_classes:
    input:
        expand(
            "<results>/data/{dataset}/class_counts.csv",
            dataset=datasets_in_use(config),
        ),
    output:
        csv="<results>/tables/class_counts.csv",
        markdown="<results>/tables/class_counts.md",
    log:
        "<logs>/count_classes.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        code=code_of("count_classes.py", "aggregation"),
    script:
        "../scripts/count_classes.py"


rule list_dropped:
    input:
        expand(
            "<results>/data/{dataset}/dropped_{stage}.csv",
            dataset=datasets_in_use(config),
            stage=["ingest", "encode"],
        ),
        expand(
            "<results>/sources/{source}/seed0/dropped.csv",
            source=sources_in_use(config),
        ),
    output:
        csv="<results>/tables/dropped.csv",
        markdown="<results>/tables/dropped.md",
    log:
        "<logs>/list_dropped.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        code=code_of("list_dropped.py", "aggregation", "tables"),
    script:
        "../scripts/list_dropped.py"


rule compare_resources:
    input:
        lambda wildcards: results_of_science(),  # so it is last, and sees all records
    output:
        csv="<results>/tables/resources.csv",
        markdown="<results>/tables/resources.md",
    log:
        "<logs>/compare_resources.log",
    localrule: True  # compute nodes may have no sacct
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        code=code_of("compare_resources.py", "resources_table", "aggregation"),
    script:
        "../scripts/compare_resources.py"
