"""Names of columns, as `isogloss.scores.importing.labels.words` writes them."""

from __future__ import annotations

from collections.abc import Mapping

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "source": (
        *("source", "source_language", "source_lang", "src", "src_lang", "src_language", "transfer_lang"),
        *("transfer_language", "transfer", "train_lang", "train_language", "training_language", "trained_on"),
        *("train", "from", "lang_train", "lang_source", "lang_src", "training_lang", "train_languages"),
        *("source_languages", "training", "fine_tuned_on", "finetuned_on", "fine_tuning_language", "donor"),
        *("from_lang", "from_language", "fine_tuning", "finetuning", "fine_tuned", "finetuned", "fine_tune"),
        "finetune",
    ),
    "intermediate": (
        *("intermediate_language", "intermediate", "intermediate_lang", "inter", "inter_lang"),
        *("inter_language",),
    ),
    "target": (
        *("target", "target_language", "target_lang", "trg", "tgt", "tgt_lang", "tgt_language", "task_lang"),
        *("task_language", "test_lang", "test_language", "eval_lang", "eval_language", "evaluated_on"),
        *("lang_pred", "lang_test", "lang_eval", "lang_target", "lang_tgt", "testing_lang", "test"),
        *("to_lang", "to_language", "eval", "to", "target_languages", "test_languages", "tested_on"),
        "recipient",
    ),
    "language": (
        *("language", "lang", "languages", "langs", "language_code", "lang_code", "code", "iso", "locale"),
    ),
    "pair": ("pair", "lp", "langpair", "lang_pair", "language_pair", "direction", "language_pairs"),
    "score": (
        *("score", "accuracy", "acc", "f1", "f1_score", "entity_f1", "word_accuracy", "las", "uas", "bleu"),
        *("em", "exact_match", "mrr", "map", "performance", "result", "value", "metric_value"),
    ),
    "seed": ("seed", "random_seed", "run", "run_id", "replicate", "rep", "trial", "seeds"),
    "task": ("task", "dataset", "benchmark", "corpus"),
    "encoder": ("encoder", "model", "model_name", "model_id", "plm", "lm", "models", "method", "system"),
    "aggregator": ("aggregator",),
    "layer": ("layer",),
    "split": ("split",),
    "metric": ("metric", "metric_name", "measure"),
    "source_task": ("source_task",),
    "intermediate_task": ("intermediate_task",),
    "chance": ("chance", "majority", "random_baseline"),
    "n_examples": ("n_examples", "n_test", "test_size"),
    "n_units": ("n_units",),
    "zero_shot": ("zero_shot",),
    "stage_id": ("stage_id",),
}
"""Names of columns by role, the best first."""

FEATURES = frozenset(
    {
        *("size", "n", "num", "number", "count", "counts", "tokens", "params", "parameters", "rank", "year"),
        *("id", "layer", "layers", "epoch", "epochs", "step", "steps", "batch", "lr", "length", "distance"),
        *("dist", "k", "genetic", "geographic", "syntactic", "phonological", "inventory", "featural"),
        *("similarity", "overlap", "ttr", "latitude", "longitude", "lat", "lon", "index", "sentences"),
        *("examples", "words", "speakers", "ratio", "level", "time", "seconds", "hours", "loss"),
        *("perplexity", "ppl", "fertility", "dim", "width", "wer", "cer", "ter", "version", "std", "stdev"),
        *("sd", "stderr", "se", "ci", "variance", "lower", "upper", "p", "pvalue", "source", "target"),
    }
)
"""Words in the names of numeric columns that hold no score."""
