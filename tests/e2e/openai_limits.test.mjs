// Against the mock of limited.json: a key is asked for, and few requests a minute are admitted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { countingFetch, limitedUrl, openaiAt } from './lib/server.mjs';

const admitted = 6;  // requests a minute in limited.json
const ask = (client) => client.chat.completions.create(
  { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Say hello.' }], max_tokens: 3 });

test('a call without a key is an AuthenticationError', async () => {
  const keyless = openaiAt(limitedUrl(), { defaultHeaders: { authorization: null } });
  await assert.rejects(ask(keyless), (error) => {
    assert.ok(error instanceof OpenAI.AuthenticationError, `${error}`);
    assert.equal(error.code, 'invalid_api_key');
    return true;
  });
});

test('without retries, calls past the limit are RateLimitErrors with limit headers', async () => {
  const client = openaiAt(limitedUrl(), { maxRetries: 0 });
  const settled = await Promise.allSettled(
    Array.from({ length: 4 * admitted }, () => ask(client)));
  const errors = settled.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
  assert.ok(errors.length > 0, 'some calls are refused');
  assert.ok(errors.length < settled.length, 'some calls are admitted');
  for (const error of errors) {
    assert.ok(error instanceof OpenAI.RateLimitError, `${error}`);
    assert.equal(error.code, 'rate_limit_exceeded');
    assert.equal(error.type, 'requests');
    assert.match(error.message, /Please try again in [\dmhs.]+s/);
    assert.equal(error.headers.get('x-ratelimit-limit-requests'), String(admitted));
    assert.equal(error.headers.get('x-ratelimit-remaining-requests'), '0');
    assert.ok(error.headers.has('x-ratelimit-reset-requests'));
  }
});

test('the SDK retries refused calls until all are served', async () => {
  const counted = countingFetch();
  const client = openaiAt(limitedUrl(), { maxRetries: 12, fetch: counted.fetch });
  const calls = 2 * admitted;
  const answers = await Promise.all(Array.from({ length: calls }, () => ask(client)));
  assert.equal(answers.length, calls);
  const { attempts } = counted;
  assert.equal(attempts.filter(({ retry }) => retry === 0).length, calls);
  const refused = attempts.filter(({ status }) => status === 429);
  assert.ok(refused.length > 0, 'some attempts are refused');
  assert.equal(attempts.filter(({ status }) => status === 200).length, calls);
  assert.equal(attempts.length, calls + refused.length);
  assert.equal(attempts.filter(({ retry }) => retry > 0).length, refused.length);
});
