"""Signals to a partner: the signal, the batch that carries it, the desk that prepares it, the receiver's check."""
