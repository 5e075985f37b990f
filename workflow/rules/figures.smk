# The figures. Drawing is apart from the numbers: restyling computes nothing.


wildcard_constraints:
    figure="fig1_left|fig1_right|fig3|fig4|fig5",
    view="|".join(VIEWS),


rule draw_figure:
    input:
        performance="<results>/tables/performance.parquet",
        style=STYLE_FILE,
    output:
        pdf=report(
            "<results>/figures/{figure}.pdf",
            caption="../report/figure.rst",
            category="Figures",
        ),
        png="<results>/figures/{figure}.png",
    log:
        "<logs>/draw_figure/{figure}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        title=title_of_figure,
        centre_and_spread=config["figures"]["centre_and_spread"],
        code=code_of("plotting"),
    script:
        "../scripts/draw_figure.py"


rule draw_strategies:
    input:
        performance="<results>/tables/performance.parquet",
        style=STYLE_FILE,
    output:
        pdf=report(
            "<results>/figures/{view}_{target}.pdf",
            caption="../report/strategies.rst",
            category="Figures",
        ),
        png="<results>/figures/{view}_{target}.png",
    log:
        "<logs>/draw_strategies/{view}_{target}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        title=lambda wildcards: title_of_target(wildcards.target),
        centre_and_spread=config["figures"]["centre_and_spread"],
        ablated=lambda wildcards: ablated_strategies(wildcards.target),
        code=code_of("plotting"),
    script:
        "../scripts/draw_strategies.py"


rule draw_ablation:
    input:
        ablation="<results>/tables/ablation.csv",
        style=STYLE_FILE,
    output:
        pdf=report(
            "<results>/figures/ablation.pdf",
            caption="../report/ablation.rst",
            category="Figures",
        ),
        png="<results>/figures/ablation.png",
    log:
        "<logs>/draw_ablation.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        titles=titles_of_targets(),
        code=code_of("plotting.ablation"),
    script:
        "../scripts/draw_ablation.py"


rule draw_schematic:
    input:
        network="<results>/figures/data/network.json",
        style=STYLE_FILE,
    output:
        pdf=report(
            "<results>/figures/fig2.pdf",
            caption="../report/fig2.rst",
            category="Figures",
        ),
        png="<results>/figures/fig2.png",
    log:
        "<logs>/draw_schematic.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        code=code_of("plotting"),
    script:
        "../scripts/draw_schematic.py"
