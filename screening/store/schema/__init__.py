"""The tables of the store, a module a subject; migrations make and change them."""
