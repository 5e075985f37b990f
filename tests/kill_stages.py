"""The rules of a complete run in stages, in each of which a run is killed.

Jobs of a stage come about together, and at least one of them lasts long enough to be
hit. tests/test_dry_runs.py holds the stages to the rules that are planned.
"""

STAGES = {
    "ingest": ["ingest"],
    "encode": ["encode"],
    "features": ["extract_features", "measure_coverage", "score_target"],
    "describe": ["describe_dataset", "describe_network", "count_classes"],
    "pretrain": ["pretrain"],
    "fine_tune": [
        *["classify_bts", "classify_lsst_sims", "embed_objects"],
        *["fine_tune_bts", "fine_tune_lsst_sims"],
    ],
    "aggregate": [
        *["collect_performance", "compare_strategies", "compare_label_efficiency"],
        *["compare_training_time", "check_claims", "compare_claims"],
        *["diagnose", "find_misclassified", "list_dropped", "score_since_trigger"],
    ],
    "draw": [
        *["draw_datasheet", "draw_schematic", "draw_figure", "draw_strategies"],
        *["draw_diagnostic", "draw_misclassified", "draw_since_trigger"],
        *["draw_learning", "draw_learning_of_sources", "draw_embeddings"],
    ],
    "finish": ["compare_resources", "record_provenance", "write_pages"],
}
