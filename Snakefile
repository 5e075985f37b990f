"""Transfer learning for transient classification: the paper, as a workflow.

The targets are the paper's figures and tables; rules are in workflow/rules, the
science in workflow/scripts/transients, every number in config/.
"""

from snakemake.utils import min_version

min_version("9.14")


configfile: workflow.source_path("config/config.yaml")


include: "workflow/rules/configuration.smk"
include: "workflow/rules/run.smk"
include: "workflow/rules/inputs_of_data.smk"
include: "workflow/rules/inputs_of_training.smk"
include: "workflow/rules/inputs_of_targets.smk"
include: "workflow/rules/results.smk"
include: "workflow/rules/costs.smk"
include: "workflow/rules/fetch.smk"
include: "workflow/rules/fetch_alerce.smk"
include: "workflow/rules/ingest.smk"
include: "workflow/rules/encode.smk"
include: "workflow/rules/features.smk"
include: "workflow/rules/realism.smk"
include: "workflow/rules/datasheets.smk"
include: "workflow/rules/export.smk"
include: "workflow/rules/model_inputs.smk"
include: "workflow/rules/models.smk"
include: "workflow/rules/pretrain.smk"
include: "workflow/rules/fine_tune.smk"
include: "workflow/rules/aggregate.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/misclassified.smk"
include: "workflow/rules/inputs_of_diagnostics.smk"
include: "workflow/rules/diagnostics.smk"
include: "workflow/rules/since_trigger.smk"
include: "workflow/rules/embeddings.smk"
include: "workflow/rules/provenance.smk"
include: "workflow/rules/report.smk"


report: "workflow/report/workflow.rst"


rule all:
    default_target: True
    input:
        figures_and_tables(),
        "<results>/provenance.json",
        rules.write_pages.output,
    localrule: True
