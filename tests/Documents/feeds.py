"""Reads a feed from standard input by feedparser and says what it got of it, as feeds.js does."""
import json
import sys

import feedparser

feed = feedparser.parse(sys.stdin.buffer.read())
print(json.dumps({
    "format": feed.version,
    "bozo": str(feed.get("bozo_exception", "")),
    "title": feed.feed.title,
    "language": feed.feed.get("language"),
    "links": {link.rel: link.href for link in feed.feed.links},
    "items": [{
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "html": entry.content[0].value if "content" in entry else entry.summary,
        "summary": entry.get("summary"),
        "authors": [author.name for author in entry.get("authors", []) if "name" in author],
        "categories": [tag.term for tag in entry.get("tags", [])],
        "published": entry.published,
        "updated": entry.get("updated"),
        "media": [medium["url"] for medium in entry.get("media_content", [])],
    } for entry in feed.entries],
}))
