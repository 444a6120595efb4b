"""Fetches pages: what to ask for next, what never to ask for, how politely. Knows Scrapy."""
