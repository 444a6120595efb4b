"""Scrapy's settings. Its package defaults are not its project template's: whatever matters is set here."""

from __future__ import annotations

from importlib.metadata import version

BOT_NAME = "jianbao"
SPIDER_MODULES = ["crawler.spiders"]

# What happens to a page, in order.
ITEM_PIPELINES = {
    "pipelines.stages.ReadArticle": 100,  # bytes -> article, in a process beside the reactor
    "crawler.parts.JoinParts": 150,  # the article's further pages, fetched and joined to it
    "pipelines.stages.SaveArticle": 200,  # article, links, removals and page record, in one transaction
}

# What a request passes on its way out, and its response on the way back in.
DOWNLOADER_MIDDLEWARES = {
    "crawler.refusals.UrlRules": 90,  # before robots.txt is asked for on behalf of a refused URL
    "crawler.budgets.Budgets": 92,  # what waits for the next run costs no robots.txt either
    "crawler.repetition.Repetition": 94,
    "crawler.robots.Robots": 100,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # takes a 5xx for "all allowed"
    "crawler.refreshing.MetaRefresh": 580,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,  # decodes every page to look for it
    "crawler.downloading.Unpacking": 590,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,  # keeps what bombs unpack to
    "crawler.exchanges.SentEncoding": 600,  # before the body is decoded, which Unpacking does
    "crawler.addresses.AddressGuard": 890,  # beyond the retries, which must not repeat a refusal
    "crawler.certificates.BadCertificates": 900,
    "crawler.politeness.SiteGate": 990,  # last, so that whatever passes the gate comes back through it
}
SPIDER_MIDDLEWARES = {
    # Drops a request without a word, which would leave its page without an outcome; UrlRules counts them.
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    # Statuses are the spider's to judge: a 404 and a 304 are outcomes, not noise.
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # the archive knows how deep a page is
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,  # no request is made from a response
}
EXTENSIONS = {
    "crawler.accounting.Accounting": 10,
    "crawler.politeness.PoliteThrottle": 20,
    "scrapy.extensions.throttle.AutoThrottle": None,  # forgets Crawl-delay after the first response
    "scrapy.extensions.remote_control.RemoteControl": None,  # takes a quarter of a second to find that it is off
    # What is counted is in the archive, for each page and site, and survives a kill.
    "scrapy.extensions.corestats.CoreStats": None,
    "scrapy.extensions.logcount.LogCount": None,
    "scrapy.extensions.logstats.LogStats": None,
}
DOWNLOADER_STATS = False
STATS_DUMP = False
# The archive hands out each page once per crawl. Scrapy's own filter would drop a redirect to a URL it has
# seen without callback or errback, and the page would never end.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
LOG_FORMATTER = "crawler.logs.PageLogFormatter"  # the default prints whole items, ten megabytes of body included

# Who is asking. ROBOTSTXT_USER_AGENT is the product token that robots.txt files name.
USER_AGENT = f"Mozilla/5.0 (compatible; jianbao/{version('jianbao')})"
ROBOTSTXT_USER_AGENT = "jianbao"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
}

# How politely: one request at a time and one second per site, more where it is slow; many sites side by side.
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_ITEMS = 1  # of one response, which gives one: Scrapy makes so many tasks for each, by default 100
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0.0  # the default varies the delay by half: every other request would come too soon
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = DOWNLOAD_DELAY
AUTOTHROTTLE_MAX_DELAY = 60.0
MAX_CRAWL_DELAY = 300.0
"""Seconds. A robots.txt that asks for more does not want to be crawled (real ones ask for 1 to 120)."""
MAX_WAIT = 120.0
"""Seconds that one run waits, in sum, for one site's Retry-After; beyond that it is asked by no run until the time is over."""

# How much. A real article page has 20 to 300 kB; the largest met had 3 MB.
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024  # also after decompression: 481 bytes of brotli took 676 MB
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30  # seconds for the whole response, so that a slow drip ends too
TWISTED_DNS_RESOLVER = "scrapy.resolver.CachingHostnameResolver"  # the default knows no IPv6
REDIRECT_MAX_TIMES = 5  # as RFC 9309 has it for robots.txt; browsers allow 20
METAREFRESH_MAXDELAY = 1  # seconds, exclusive: a page that reloads itself every minute is no redirect
RETRY_TIMES = 2
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # the page's outcome says so already
READ_TIMEOUT = 20.0  # seconds to read one page, in a process that is killed when it takes longer
READ_PROCESSES = 2  # reading costs four times what fetching does; more than two are idle at one request a second

# Where it does not belong: no scheme but http and https, no proxy (the address behind one cannot be checked),
# no certificate that does not verify but on a site that is configured so.
DOWNLOAD_HANDLERS = {
    "http": "crawler.downloading.BoundedHandler",
    "https": "crawler.downloading.BoundedHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
HTTPPROXY_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True
COOKIES_ENABLED = False  # a session would make what is archived depend on the order of requests
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

LOG_LEVEL = "INFO"
