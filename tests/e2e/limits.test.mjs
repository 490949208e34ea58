// What each provider says where a limit is met: status, words, headers, the wait; through its SDK.
// (OpenAI: openai_limits; Anthropic: in its own file.) One request a minute is admitted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Firecrawl from '@mendable/firecrawl-js';
import RunwayML from '@runwayml/sdk';
import { Ollama } from 'ollama';
import Replicate from 'replicate';
import { failingUrl, gemini, watchingFetch } from './lib/native.mjs';

// Calls until one is refused, which it returns; the first is served.
async function refusal(ask) {
  await ask();
  for (let tries = 0; tries < 5; tries += 1) {
    try {
      await ask();
    } catch (error) {
      return error;
    }
  }
  throw new Error('no call was refused');
}

test('gemini: RESOURCE_EXHAUSTED with the quota that was met and the wait, without headers',
  async () => {
    const client = gemini({ url: failingUrl('gemini_limited') });
    const error = await refusal(() => client.models.generateContent(
      { model: 'gemini-2.5-flash', contents: 'Why?', config: { maxOutputTokens: 2 } }));
    assert.equal(error.status, 429);
    const told = JSON.parse(error.message).error;
    assert.equal(told.status, 'RESOURCE_EXHAUSTED');
    const detail = (kind) => told.details.find((one) => one['@type'].endsWith(kind));
    assert.equal(detail('QuotaFailure').violations[0].quotaValue, '1');
    assert.match(detail('QuotaFailure').violations[0].quotaId, /PerMinute/);
    assert.match(detail('RetryInfo').retryDelay, /^[\d.]+s$/);
    assert.match(told.message, /Please retry in [\dms.]+s/);
  });

test('replicate: throttled, and when its limit resets', async () => {
  const { fetch, attempts } = watchingFetch();
  const client = new Replicate(
    { auth: 'mock', baseUrl: `${failingUrl('replicate_limited')}/v1`, fetch });
  const error = await refusal(() => client.predictions.create(
    { model: 'black-forest-labs/flux-schnell', input: { prompt: 'Bees' } }));
  assert.equal(error.response.status, 429);
  assert.match(error.message, /Request was throttled. Your rate limit resets in ~/);
  assert.ok(attempts.length >= 7, 'POST is tried six times');
});

test('firecrawl: its own code, and a wait', async () => {
  const client = new Firecrawl({ apiKey: 'fc-mock', apiUrl: failingUrl('firecrawl_limited') });
  const error = await refusal(() => client.scrape('https://example.com/bees'));
  assert.equal(error.status, 429);
  assert.match(error.message, /Rate limit exceeded. Please retry after/);
});

test('runway: too many requests', async () => {
  const client = new RunwayML(
    { apiKey: 'mock', baseURL: failingUrl('runway_limited'), maxRetries: 0 });
  const error = await refusal(() => client.imageToVideo.create(
    { model: 'gen4_turbo', promptText: 'Bees', promptImage: 'https://example.com/bee.png',
      ratio: '1280:720', duration: 5 }));
  assert.ok(error instanceof RunwayML.RateLimitError, `${error}`);
  assert.ok(error.headers.get('retry-after') || error.headers.get('retry-after-ms'));
});

test('stability: its own name of the error', async () => {
  const ask = async () => {
    const form = new FormData();
    form.set('prompt', 'Bees');
    const answer = await fetch(
      `${failingUrl('stability_limited')}/v2beta/stable-image/generate/core`,
      { method: 'POST', body: form, headers: { authorization: 'Bearer mock', accept: 'image/*' } });
    if (!answer.ok) throw Object.assign(new Error('refused'), { answer });
  };
  const { answer } = await refusal(ask);
  assert.equal(answer.status, 429);
  const told = await answer.json();
  assert.equal(told.name, 'rate_limit_exceeded');
  assert.ok(answer.headers.get('retry-after'));
});

test('ollama: a full queue is busy, and served when there is room again', async () => {
  const client = new Ollama({ host: failingUrl('ollama_queue') });
  const ask = () => client.generate(
    { model: 'llama3.1:8b', prompt: 'Why?' });
  const settled = await Promise.allSettled(Array.from({ length: 12 }, ask));
  const busy = settled.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
  assert.ok(busy.length > 0, 'one is in its slot, one in the queue, and more come');
  assert.ok(settled.length - busy.length >= 2, 'those two are served');
  for (const error of busy) {
    assert.equal(error.status_code, 503);
    assert.match(error.message, /maximum pending requests exceeded/);
  }
  assert.equal((await ask()).done, true);
});
