"""Everything needed to build an index: readers, sentences, passages, the build. Asking imports nothing from here."""
