"""Articles from the web: single pages and feeds, fetched politely and only from where they may be."""
