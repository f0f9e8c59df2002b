"""Links between mentions: the judgements, readings and rejections of officers."""
