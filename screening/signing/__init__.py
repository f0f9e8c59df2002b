"""Ed25519 public keys of people, and signatures that they make on their own machine."""
