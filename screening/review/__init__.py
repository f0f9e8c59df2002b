"""The review application: officers, analysts and colleagues in the browser. Reads the store and nothing of the pipeline."""
