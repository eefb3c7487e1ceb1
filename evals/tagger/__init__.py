"""Training the statement tagger: PolNeAR's marks to the model that `corpus.statements.tagger` applies."""
