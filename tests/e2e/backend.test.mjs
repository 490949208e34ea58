// The generic backend: a database behind REST and a file store, as an application's fetch sees it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mockUrl } from './lib/server.mjs';

const json = { 'content-type': 'application/json' };

async function call(path, options) {
  const response = await fetch(mockUrl() + path, options);
  assert.ok(response.ok, `${options?.method ?? 'GET'} ${path}: ${response.status}`);
  assert.match(response.headers.get('content-type'), /^application\/json/);
  return response.json();
}

test('a query answers with JSON, the same for the same question', async () => {
  const first = await call('/agent_profiles?name=eq.alpha');
  assert.equal(typeof first, 'object');
  assert.ok(first !== null && (!Array.isArray(first) || first.length > 0), 'a row, or rows');
  assert.deepEqual(await call('/agent_profiles?name=eq.alpha'), first);
});

test('a row can be posted', async () => {
  const body = JSON.stringify({ title: 'Bees', description: 'On roofs “üstünde”' });
  assert.equal(typeof await call('/posts', { method: 'POST', headers: json, body }), 'object');
});

test('3 MB can be uploaded, and the connection serves the next call', async () => {
  const body = Buffer.alloc(3_000_000, 7);
  const headers = { 'content-type': 'image/png' };
  assert.equal(typeof await call('/upload', { method: 'POST', headers, body }), 'object');
  await call('/agent_profiles?name=eq.beta');
});

test('an empty body can be posted', async () => {
  await call('/posts', { method: 'POST' });
});

test('twenty calls at once are all answered', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `agent${i}`);
  const answers = await Promise.all(names.map((name) => call(`/agent_profiles?name=eq.${name}`)));
  assert.equal(answers.length, 20);
});
