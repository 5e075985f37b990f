# Light-curve features of a data set, as tree ensembles learn from them.


rule extract_features:
    input:
        expand("<results>/data/{{dataset}}/model_input/{array}.npy", array=MODEL_INPUT),
    output:
        features="<results>/data/{dataset}/features_{observations}.parquet",
        dropped="<results>/data/{dataset}/dropped_features_{observations}.csv",
    log:
        "<logs>/extract_features/{dataset}_{observations}.log",
    wildcard_constraints:
        observations="all|detections",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=mb_of_tables(8),
        runtime=grows(60),
    params:
        encoding=config["encoding"],
        dataset=lambda wildcards: {
            key: config["datasets"][wildcards.dataset][key]
            for key in ["classes", "trigger"]
        },
        passbands=lambda wildcards: config["passbands"][
            config["datasets"][wildcards.dataset]["passbands"]
        ],
        code=code_of("extract_features.py", "features", "alerts"),
    script:
        "../scripts/extract_features.py"


rule score_target:
    input:
        unpack(forest_files),
    output:
        "<results>/forests/{forest}/{target}.parquet",
    log:
        "<logs>/score_target/{forest}_{target}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=mb_of_tables(20),
        runtime=grows(120),
    params:
        classes=lambda wildcards: config["datasets"][
            config["experiments"][wildcards.target]["dataset"]
        ]["classes"],
        class_map=lookup(dpath="experiments/{target}/class_map", within=config),
        recipe=lambda wildcards: config["tree_recipes"][
            config["forests"][wildcards.forest]["recipe"]
        ],
        code=code_of("score_target.py", "forest_scores"),
    script:
        "../scripts/score_target.py"
