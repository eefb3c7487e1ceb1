"""How it is found: passages, embedding, vector store, lexical index, query parsing, search."""
