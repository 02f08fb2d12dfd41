"""What the product must survive: 19 rows, each a test or several with its number in the name; how often, in `runs`.

     1  a writer that is killed loses nothing that it acknowledged
     2  a stop at any step leaves the old or the new
     3  a second process that writes is refused by name, and readers go on
     4  a damaged vector index is noticed and made again
     5  on a full disk, or where nothing can be written, it says so and answers
     6  an embedding that fails loses, skips and doubles nothing
     7  the store is what a dictionary says, and forgets to the last byte
     8  odd texts are stored or refused, and the next write works
     9  every character that is no space lies in exactly one sentence
    10  a file made to unpack, grow or run without end stays within its limits
    11  nothing is fetched from an address that is not public
    12  hostile reports, file names, titles and notes do nothing in the page
    13  another host, and what another site sends, is refused
    14  the server keeps to its document
    15  orders in reports are neither cited nor obeyed
    16  200 near-copies are one hit, now and then one or two more
    17  every encoding is read exactly, or flagged
    18  fifty clients, or a question of 50 MB, and it goes on answering
    19  ingest and ask try no connection

`make test` takes the short form of each, `make soak` (LAGEBILD_SOAK=1) the whole number, with a seed that it says and
that repeats it (`make soak SEED=N`). It takes every test called `test_row_NN_...`, and those that change files at
random (test_fuzz.py). Rows that another module tests as a whole are tested there: 4 (test_vectors.py), 7
(test_store_machine.py), 9 (test_sentences.py) and 16 (test_copies.py) in tests/assistant, 6 as well (test_build.py),
10 (test_bombs.py), 11 (test_web.py) and 17 (test_encodings.py) in tests/index, 12 (test_hostile_browser.py),
13 (test_chat_browser.py) and 14 (test_rest.py) in tests. 12 and 13 take the whole number in both.

A part: LAGEBILD_SOAK=1 python -m pytest -s -k test_row_08. As measured on two cores that were busy with more than that:
38 minutes for 8 (2,000 texts), 15 for 2 (each of 182 steps, 5 times; `-k turn0` is once), 6 for 14; on two threads of
one core without VNNI half an hour for test_fuzz.py (2,000 of each of 25 kinds), 17 minutes for 6. Others take less.
"""
