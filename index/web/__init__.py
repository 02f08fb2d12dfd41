"""Fetches pages, feeds and sitemaps by their addresses, from the public internet only. Knows no format and no index."""
