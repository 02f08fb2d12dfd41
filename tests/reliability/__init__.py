"""What the product must survive, one row of the table a test, numbered in its name; how often, in `runs`.

`make test` takes the short form of each, `make soak` (LAGEBILD_SOAK=1) the whole number, with a seed that it says and
that repeats it (`make soak SEED=N`). It takes every test called `test_row_NN_...`, and those that change files at
random (test_fuzz.py). Rows that another module tests as a whole are tested there: 4 (test_vectors.py), 7
(test_store_machine.py), 9 (test_sentences.py) and 16 (test_copies.py) in tests/assistant, 6 as well (test_build.py),
10 (test_bombs.py), 11 (test_web.py) and 17 (test_encodings.py) in tests/index, 12 (test_house_browser.py),
13 (test_chat_browser.py) and 14 (test_rest.py) in tests. 12 and 13 take the whole number in both.

A part: LAGEBILD_SOAK=1 python -m pytest -s -k test_row_08. As measured on two threads of one core without VNNI, beside
other such parts: three hours for 2 (each step, 5 times; `-k turn0` is once), an hour for 8 (2,000 texts), half
an hour for test_fuzz.py (2,000 of each of 25 kinds), 17 minutes for 6, 7 for 14. Others take less.
"""
