// Reads a feed from standard input by somebody else's parser and says what that parser got of it. Usage: node feeds.js PARSER
import { readFileSync } from 'node:fs';
import { parseFeed as feedsmith } from 'feedsmith';
import { parseFeed as rowanmanning } from '@rowanmanning/feed-parser';
import RssParser from 'rss-parser';

const text = readFileSync(0, 'utf8');
const time = value => value == null ? null : new Date(value).toISOString();
const all = value => value == null ? [] : Array.isArray(value) ? value : [value];

const parsers = {
  async feedsmith() {
    const { format, feed } = feedsmith(text);
    const items = (feed.items ?? feed.entries).map(item => ({
      id: item.guid?.value ?? item.id,
      title: item.title?.value ?? item.title,
      link: item.link ?? item.url ?? all(item.links).find(link => link.rel === 'alternate')?.href,
      summary: item.description ?? item.summary?.value ?? item.summary,
      html: item.content?.encoded ?? item.content?.value ?? item.content ?? item.content_html,
      authors: item.dc?.creators ?? all(item.authors).map(author => author.name),
      categories: item.tags ?? all(item.categories).map(category => category.name ?? category.term),
      published: time(item.pubDate ?? item.published ?? item.date_published),
      updated: time(item.atom?.updated ?? item.updated ?? item.date_modified),
      media: all(item.media?.contents).map(medium => medium.url),
    }));
    const links = Object.fromEntries(all(feed.atom?.links ?? feed.links).map(link => [link.rel, link.href]));
    return { format, title: feed.title?.value ?? feed.title, language: feed.language ?? feed.xml?.lang ?? null, links, items };
  },

  async rowanmanning() {
    const feed = rowanmanning(text);
    return {
      format: feed.meta.type, title: feed.title, language: feed.language, links: { self: feed.self },
      items: feed.items.map(item => ({
        id: item.id, title: item.title, link: item.url, html: item.content, summary: item.description, authors: item.authors.map(author => author.name),
        categories: item.categories.map(category => category.label ?? category.term), published: time(item.published), updated: time(item.updated),
        media: item.media.map(medium => medium.url),
      })),
    };
  },

  async rssparser() {
    const parser = new RssParser({ customFields: { item: [['dc:creator', 'creators', { keepArray: true }], ['media:content', 'media', { keepArray: true }]] } });
    const feed = await parser.parseString(text);
    return {
      format: 'any', title: feed.title, language: feed.language ?? null, links: { self: feed.feedUrl },
      items: feed.items.map(item => ({
        id: item.guid ?? item.id, title: item.title, link: item.link, html: item['content:encoded'] ?? item.content, authors: all(item.creators ?? item.author),
        categories: all(item.categories).map(category => category.$?.term ?? category), published: time(item.pubDate), updated: null,
        media: all(item.media).map(medium => medium.$.url),
      })),
    };
  },
};

console.log(JSON.stringify(await parsers[process.argv[2]]()));
