# The paper's figures. Drawing is apart from the numbers: restyling computes nothing.


wildcard_constraints:
    figure="fig1_left|fig1_right|fig3|fig4|fig5",


def target_of_figure(figure):
    """The target whose results a figure shows."""
    return next(target for target, names in FIGURES.items() if figure in names)


def title_of_figure(wildcards):
    """What the figure says of its data: which they are, and if the test was capped."""
    experiment = config["experiments"][target_of_figure(wildcards.figure)]
    cap = experiment["max_test"]
    return {
        "title": config["datasets"][experiment["dataset"]]["title"],
        "note": f"test set capped at {cap:,} light curves" if cap else "",
        "classes": config["datasets"][experiment["dataset"]]["classes"],
    }


rule draw_figure:
    input:
        "<results>/tables/performance.parquet",
    output:
        pdf=report(
            "<results>/figures/{figure}.pdf",
            caption="../report/{figure}.rst",
            category="Figures",
        ),
        png="<results>/figures/{figure}.png",
    params:
        title=title_of_figure,
        centre_and_spread=config["figures"]["centre_and_spread"],
        code=fingerprint("plotting"),
    log:
        "<logs>/draw_figure/{figure}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
        runtime=5,
    script:
        "../scripts/draw_figure.py"


rule draw_schematic:
    input:
        "<results>/figures/data/network.json",
    output:
        pdf=report(
            "<results>/figures/fig2.pdf",
            caption="../report/fig2.rst",
            category="Figures",
        ),
        png="<results>/figures/fig2.png",
    params:
        code=fingerprint("plotting"),
    log:
        "<logs>/draw_schematic.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
        runtime=5,
    script:
        "../scripts/draw_schematic.py"
