import assert from 'node:assert/strict';
import { test } from 'node:test';
import Firecrawl, { FirecrawlAppV1 } from '@mendable/firecrawl-js';
import { mockUrl } from './lib/server.mjs';

const options = () => ({ apiKey: 'fc-mock', apiUrl: `${mockUrl()}/firecrawl` });
const v2 = () => new Firecrawl(options());
const v1 = () => new FirecrawlAppV1(options());
const url = 'https://example.com/bees';

test('v2 scrapes what was asked for, the same page twice', async () => {
  const page = await v2().scrape(url, { formats: ['markdown', 'html', 'links'] });
  assert.match(page.markdown, /^# /);
  assert.match(page.html, /^<html>/);
  assert.ok(page.links.length > 0);
  assert.equal(page.metadata.sourceURL, url);
  assert.equal((await v2().scrape(url, { formats: ['markdown'] })).markdown.length,
               page.markdown.length);
});

test('v2 searches', async () => {
  const { web } = await v2().search('bees on roofs', { limit: 3 });
  assert.equal(web.length, 3);
  assert.ok(web.every((hit) => hit.url && hit.title && hit.description));
});

test('v2 maps and crawls', async () => {
  const { links } = await v2().map('https://example.com');
  assert.ok(links.length > 0);
  const job = await v2().crawl('https://example.com', { limit: 3, pollInterval: 0.05 });
  assert.equal(job.status, 'completed');
  assert.equal(job.data.length, 3);
});

test('v1 scrapes and searches', async () => {
  const page = await v1().scrapeUrl(url, { formats: ['markdown'] });
  assert.equal(page.success, true);
  assert.match(page.markdown, /^# /);
  const found = await v1().search('bees on roofs', { limit: 2 });
  assert.equal(found.data.length, 2);
});

test('an address that is none is a bad request', async () => {
  await assert.rejects(v2().scrape('nothing at all'), (error) => error.status === 400);
});
