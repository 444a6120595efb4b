"""Crawling on a schedule: when (`timing`), the service that does it (`service`), and how it is installed (`units`)."""
