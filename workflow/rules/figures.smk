# The figures. Drawing is apart from the numbers: restyling computes nothing.


wildcard_constraints:
    figure="fig1_left|fig1_right|fig3|fig4|fig5",
    view="|".join(VIEWS),


rule draw_figure:
    input:
        performance="<results>/tables/performance.parquet",
        style=STYLE_FILE,
    output:
        pdf="<results>/figures/{figure}.pdf",
        png=report(
            "<results>/figures/{figure}.png",
            caption="../report/figure.rst",
            category="Figures",
            labels={"figure": "{figure}"},
        ),
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
        code=code_of("draw_figure.py", "plotting"),
    script:
        "../scripts/draw_figure.py"


rule draw_strategies:
    input:
        performance="<results>/tables/performance.parquet",
        style=STYLE_FILE,
    output:
        pdf="<results>/figures/{view}_{target}.pdf",
        png=report(
            "<results>/figures/{view}_{target}.png",
            caption="../report/strategies.rst",
            category="Figures",
            labels={"figure": "{view}, {target}"},
        ),
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
        code=code_of("draw_strategies.py", "plotting"),
    script:
        "../scripts/draw_strategies.py"


rule draw_ablation:
    input:
        ablation="<results>/tables/ablation.csv",
        style=STYLE_FILE,
    output:
        pdf="<results>/figures/ablation.pdf",
        png=report(
            "<results>/figures/ablation.png",
            caption="../report/ablation.rst",
            category="Figures",
            labels={"figure": "ablation"},
        ),
    log:
        "<logs>/draw_ablation.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        titles=titles_of_targets(),
        code=code_of("draw_ablation.py", "plotting.ablation"),
    script:
        "../scripts/draw_ablation.py"


rule draw_schematic:
    input:
        network="<results>/figures/data/network.json",
        style=STYLE_FILE,
    output:
        pdf="<results>/figures/fig2.pdf",
        png=report(
            "<results>/figures/fig2.png",
            caption="../report/fig2.rst",
            category="Figures",
            labels={"figure": "fig2"},
        ),
    log:
        "<logs>/draw_schematic.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        code=code_of("draw_schematic.py", "plotting"),
    script:
        "../scripts/draw_schematic.py"
