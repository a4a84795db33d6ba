"""Scrapy's download handlers behind the gate: no connection is opened to an address that it does not admit."""
