"""The examination of the rules of extensions on a made-up town, and what came of it."""
