"""Who is told what became of a night: the digest, the channels, and the outbox of what waits."""
