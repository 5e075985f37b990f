# The paper's figures. Drawing is apart from the numbers: restyling computes nothing.


wildcard_constraints:
    figure="fig1_left|fig1_right|fig3|fig4|fig5",


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
