"""The ground that every floor stands on: vocabulary, errors, frames, data sets, time, words and legal facts."""
