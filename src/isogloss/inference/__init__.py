"""Running a model without training it: evaluation, prediction and hidden states."""
