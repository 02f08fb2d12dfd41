"""What the product must survive, one row of the table a test, numbered in its name; how often, in `runs`.

`make test` takes the short form of each, `make soak` (LAGEBILD_SOAK=1) the whole number. A row that another module
tests as a whole is tested there, under the same number: rows 4 (test_vectors.py) and 7 (test_store_machine.py) in
tests/assistant, row 9 in tests/assistant/test_sentences.py.
"""
