"""What the product must survive, one row of the table a test, numbered in its name; how often, in `runs`.

`make test` takes the short form of each, `make soak` (LAGEBILD_SOAK=1) the whole number. A row that another module
tests as a whole is tested there, under the same number: rows 4 (test_vectors.py), 7 (test_store_machine.py),
9 (test_sentences.py) and 16 (test_copies.py) in tests/assistant, rows 10 (test_bombs.py), 11 (test_web.py) and
17 (test_encodings.py) in tests/index, row 13 in tests/test_chat_browser.py.
"""
