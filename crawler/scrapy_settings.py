"""Scrapy's settings for one shard; what each of the tuned ones is worth was measured on 20,000 hosts."""

from typing import Any

from crawler.wire import Manners

_HANDLERS = {
    "aiohttp": None,  # crawler.handlers.direct sends past Scrapy
    "twisted": "crawler.handlers.reactor.Handler",
}
_UNUSED_EXTENSIONS = ("corestats.CoreStats", "telnet.TelnetConsole", "memusage.MemoryUsage", "logstats.LogStats")


def settings(manners: Manners) -> dict[str, Any]:
    """Scrapy's settings for a crawl with these manners."""
    handler = _HANDLERS[manners.handler]
    return {
        "USER_AGENT": manners.user_agent,
        "CONCURRENT_REQUESTS": manners.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": manners.concurrency,  # the pace to a site is kept by crawler.pace
        "CONCURRENT_ITEMS": 1,  # Scrapy starts this many tasks per response
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_TIMEOUT": manners.timeout,
        "DOWNLOAD_MAXSIZE": 0,  # the spider stops each transfer itself and keeps what came
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler, "data": None, "file": None, "ftp": None, "s3": None},
        "TWISTED_REACTOR_ENABLED": manners.handler == "twisted",
        "TWISTED_DNS_RESOLVER": "crawler.handlers.reactor.Resolver",
        "REACTOR_THREADPOOL_MAXSIZE": 100,
        "DNS_TIMEOUT": manners.timeout,
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        # Redirects, retries and robots.txt itself are the spider's own affair: Scrapy's would hide what happened.
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {},
        "ROBOTSTXT_OBEY": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "WARNING",
        "LOG_SCRAPED_ITEMS": False,
        "STATS_DUMP": False,
        "CONSENTRY_GATE": manners.gate,
    }
