"""Controls: other explanations of why distance and transfer go together; one file each."""
