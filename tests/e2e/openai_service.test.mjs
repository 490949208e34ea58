// What holds for every answer: models, errors, headers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { makeWav } from './lib/audio.mjs';
import { openai } from './lib/server.mjs';

const messages = [{ role: 'user', content: 'Say hello.' }];
const calls = {
  'a plain chat': (client, model) => client.chat.completions.create(
    { model: model ?? 'gpt-4o', messages }),
  'a streamed chat': (client, model) => client.chat.completions.create(
    { model: model ?? 'gpt-4o', messages, stream: true }),
  'an image': (client, model) => client.images.generate(
    { model: model ?? 'dall-e-3', prompt: 'a roof garden' }),
  'a transcription': async (client, model) => client.audio.transcriptions.create(
    { model: model ?? 'whisper-1', file: await toFile(makeWav(1), 'a.wav') }),
  'speech': (client, model) => client.audio.speech.create(
    { model: model ?? 'tts-1', voice: 'alloy', input: 'Hello.' }),
  'an embedding': (client, model) => client.embeddings.create(
    { model: model ?? 'text-embedding-3-small', input: 'hello' }),
};

// Keeps the last response, whatever the SDK makes of it.
function watchedClient() {
  const seen = {};
  const client = openai({ fetch: async (url, init) => {
    seen.response = await fetch(url, init);
    return seen.response;
  } });
  return { client, seen };
}

test('the models are listed, and each can be retrieved', async () => {
  const models = [];
  for await (const model of openai().models.list()) models.push(model);
  const ids = models.map(({ id }) => id);
  for (const id of ['gpt-4o', 'gpt-4o-mini', 'dall-e-2', 'dall-e-3', 'whisper-1', 'tts-1',
                    'text-embedding-3-small']) {
    assert.ok(ids.includes(id), `${id} is listed`);
  }
  assert.ok(models.every(({ object }) => object === 'model'));
  assert.equal((await openai().models.retrieve('gpt-4o')).id, 'gpt-4o');
});

test('an unknown model cannot be retrieved', async () => {
  await assert.rejects(openai().models.retrieve('no-such-model'), OpenAI.NotFoundError);
});

for (const [name, call] of Object.entries(calls)) {
  test(`${name} from an unknown model is a NotFoundError with the provider's code`, async () => {
    await assert.rejects(async () => call(openai(), 'no-such-model'), (error) => {
      assert.ok(error instanceof OpenAI.NotFoundError, `${error}`);
      assert.equal(error.code, 'model_not_found');
      assert.equal(error.type, 'invalid_request_error');
      assert.match(error.message, /no-such-model/);
      return true;
    });
  });

  test(`${name} carries the limit and request headers`, async () => {
    const { client, seen } = watchedClient();
    await call(client);
    const { headers } = seen.response;
    for (const what of ['requests', 'tokens']) {
      const limit = Number(headers.get(`x-ratelimit-limit-${what}`));
      const remaining = Number(headers.get(`x-ratelimit-remaining-${what}`));
      assert.ok(limit > 0, `limit of ${what}`);
      assert.ok(headers.has(`x-ratelimit-remaining-${what}`));
      assert.ok(remaining >= 0 && remaining <= limit, `${remaining} of ${limit} ${what} remain`);
      const reset = headers.get(`x-ratelimit-reset-${what}`);
      assert.match(reset, /^(\d+h)?(\d+m(?!s))?([\d.]+(s|ms))?$/);
    }
    assert.ok(headers.get('x-request-id'));
    assert.ok(Number(headers.get('openai-processing-ms')) >= 0);
    assert.equal(headers.get('openai-version'), '2020-10-01');
    await seen.response.body?.cancel().catch(() => {});  // already read, but for a stream
  });
}

test('two answers have different request ids', async () => {
  const ids = [];
  for (let i = 0; i < 2; i += 1) {
    const { response } = await openai().models.list().withResponse();
    ids.push(response.headers.get('x-request-id'));
  }
  assert.notEqual(ids[0], ids[1]);
});

test('JSON answers have exactly the JSON content type, and streams that of events', async () => {
  const { client, seen } = watchedClient();
  await calls['a plain chat'](client);
  assert.equal(seen.response.headers.get('content-type'), 'application/json');
  const stream = await calls['a streamed chat'](client);
  assert.match(seen.response.headers.get('content-type'), /^text\/event-stream/);
  for await (const chunk of stream) assert.ok(chunk.id);
});

test('a path that does not exist is a NotFoundError, not another endpoint\'s answer', async () => {
  await assert.rejects(openai().post('/no/such/path', { body: {} }), OpenAI.NotFoundError);
});

test('a chat without messages is a bad request', async () => {
  await assert.rejects(openai().chat.completions.create({ model: 'gpt-4o' }),
                       OpenAI.BadRequestError);
});

test('a thousand calls at once, each on a connection of its own, are all answered', async () => {
  const client = openai({ maxRetries: 0 });
  const ask = () => client.chat.completions.create(
    { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello.' }], max_tokens: 2 });
  const answers = await Promise.all(Array.from({ length: 1000 }, ask));
  assert.ok(answers.every(({ choices }) => choices[0].finish_reason));
});
