"""The review application, in the browser: reads and writes the store, and knows nothing of the pipeline."""
