"""The recipe of the embedded NLI model, runnable again on anybody's labelled pairs."""
