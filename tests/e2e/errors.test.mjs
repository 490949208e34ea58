// Every error of the providers that have no errors in a file of their own, as their SDKs meet it:
// the words, the kind of error, and how often it is tried. (OpenAI: openai_faults; Anthropic,
// Gemini, Stability: in their own.)
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Firecrawl from '@mendable/firecrawl-js';
import RunwayML from '@runwayml/sdk';
import { MsEdgeTTS, OUTPUT_FORMAT } from 'msedge-tts';
import { Ollama } from 'ollama';
import Replicate from 'replicate';
import { failingUrl, watchingFetch } from './lib/native.mjs';

const messages = [{ role: 'user', content: 'Why do bees like city roofs?' }];
const model = 'llama3.1:8b';

async function all(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

// ---- Ollama: never retried; {"error": text}

const ollamaErrors = {
  400: /invalid JSON schema/, 401: /unauthorized/, 404: /model 'llama3.1:8b' not found/,
  429: /reached your session usage limit/, 500: /llama runner process has terminated/,
  502: /cloud model cannot be reached/, 503: /server busy, please try again/,
  memory: /more system memory/,
};
for (const [name, words] of Object.entries(ollamaErrors)) {
  for (const [call, stream] of [['chat', false], ['chat', true], ['generate', false],
    ['generate', true]]) {
    test(`ollama: ${name} is told once (${call}, stream: ${stream})`, async () => {
      const { fetch, attempts } = watchingFetch();
      const client = new Ollama({ host: failingUrl(`ollama_${name}`), fetch });
      await assert.rejects(client[call]({ model, messages, prompt: 'Why?', stream }), (error) => {
        assert.equal(error.name, 'ResponseError');
        assert.equal(error.status_code, name === 'memory' ? 500 : Number(name));
        assert.match(error.message, words);
        return true;
      });
      assert.equal(attempts.length, 1);
    });
  }
}

for (const how of ['refused', 'reset']) {
  for (const stream of [false, true]) {
    test(`ollama: a connection that is ${how} is a failed fetch (stream: ${stream})`, async () => {
      const client = new Ollama({ host: failingUrl(`ollama_${how}`) });
      await assert.rejects(client.chat({ model, messages, stream }), /fetch failed/);
    });
  }
}

for (const [how, words] of [['cut', /terminated/], ['error', /unexpected EOF/],
  ['truncated', /Did not receive done/], ['malformed', /Did not receive done/]]) {
  test(`ollama: a stream that is ${how} throws in its middle`, async () => {
    const client = new Ollama({ host: failingUrl(`ollama_${how}`) });
    await assert.rejects(async () => all(await client.chat({ model, messages, stream: true })),
                         words);
  });
}

test('ollama: a malformed plain answer is no JSON; one that is called HTML is read', async () => {
  const ask = (name) => new Ollama({ host: failingUrl(name) }).chat({ model, messages });
  await assert.rejects(ask('ollama_malformed'), SyntaxError);
  assert.equal((await ask('ollama_html')).done, true);
});

// ---- Replicate: {"title", "detail", "status"}; POST is retried for 429 alone

const replicateErrors = {
  401: [/valid authentication token/, 1],
  402: [/"title":"Insufficient credit"/, 1],
  404: [/could not be found/, 1], 422: [/prompt is required/, 1], 429: [/throttled/, 6],
  500: [/Internal server error/, 1], 503: [/Service unavailable/, 1],
};
const flux = 'black-forest-labs/flux-schnell';
const input = { prompt: 'Bees on a roof' };
for (const [status, [words, tries]] of Object.entries(replicateErrors)) {
  test(`replicate: ${status} is told after ${tries} attempts`, async () => {
    const { fetch, attempts } = watchingFetch();
    const client = new Replicate(
      { auth: 'mock', baseUrl: `${failingUrl(`replicate_${status}`)}/v1`, fetch });
    await assert.rejects(client.run(flux, { input }), (error) => {
      assert.equal(error.name, 'ApiError');
      assert.equal(error.response.status, Number(status));
      assert.match(error.message, words);
      return true;
    });
    assert.equal(attempts.length, tries);
  });
}

test('replicate: a version that does not exist has a title of its own', async () => {
  const client = new Replicate({ auth: 'mock', baseUrl: `${failingUrl('replicate_version')}/v1` });
  await assert.rejects(client.run(flux, { input }), (error) => {
    assert.equal(error.name, 'ApiError');
    assert.equal(error.response.status, 422);
    assert.match(error.message, /"title":"Invalid version or not permitted"/);
    assert.match(error.message, /"status":422/);
    return true;
  });
});

test('replicate: a prediction that fails says why, whether waited for or asked about', async () => {
  const client = new Replicate({ auth: 'mock', baseUrl: `${failingUrl('replicate_failed')}/v1` });
  for (const wait of [undefined, { mode: 'poll', interval: 20 }]) {
    await assert.rejects(client.run(flux, { input, wait }), /CUDA out of memory/);
  }
  const made = await client.predictions.create({ model: flux, input });
  await assert.rejects(client.wait(made, { interval: 20 }), /CUDA out of memory/);
  const failed = await client.predictions.get(made.id);
  assert.equal(failed.status, 'failed');
  assert.equal(failed.output, null);
  assert.equal(failed.error, 'CUDA out of memory');
});

test('replicate: a reset connection is a failed fetch', async () => {
  const client = new Replicate({ auth: 'mock', baseUrl: `${failingUrl('replicate_reset')}/v1` });
  await assert.rejects(client.run(flux, { input }), /fetch failed/);
});

// ---- Firecrawl: {"success": false, "error", "code"}; 502 alone is retried

const firecrawlErrors = {
  400: /Bad Request/, 401: /Unauthorized/, 402: /Insufficient credits/, 403: /not supported/,
  404: /Not Found/, 408: /timed out/, 409: /Idempotency key already used/,
  429: /Rate limit exceeded/, 500: /unexpected error/, 502: /Bad gateway/,
};
for (const [status, words] of Object.entries(firecrawlErrors)) {
  for (const call of ['scrape', 'search']) {
    test(`firecrawl: ${status} is told in its words (${call})`, async () => {
      const client = new Firecrawl(
        { apiKey: 'fc-mock', apiUrl: failingUrl(`firecrawl_${status}`), maxRetries: 1 });
      await assert.rejects(client[call]('https://example.com/bees'), (error) => {
        assert.equal(error.status, Number(status));
        assert.match(error.message, words);
        return true;
      });
    });
  }
}

test('firecrawl: a reset connection and an unreadable answer are errors', async () => {
  for (const how of ['reset', 'malformed']) {
    const client = new Firecrawl(
      { apiKey: 'fc-mock', apiUrl: failingUrl(`firecrawl_${how}`), maxRetries: 1 });
    await assert.rejects(client.scrape('https://example.com/bees'));
  }
});

// ---- Runway: {"error"}; 429 and 5xx are retried

const runwayErrors = {
  400: [RunwayML.BadRequestError, /enough credits/, 1],
  401: [RunwayML.AuthenticationError, /Invalid API key/, 1],
  404: [RunwayML.NotFoundError, /resource is not available/, 1],
  429: [RunwayML.RateLimitError, /Too many requests/, 3],
  500: [RunwayML.InternalServerError, /Internal server error/, 3],
  502: [RunwayML.InternalServerError, /shedding load/, 3],
  503: [RunwayML.InternalServerError, /Service unavailable/, 3],
  504: [RunwayML.InternalServerError, /not able to satisfy/, 3],
};
const task = { model: 'gen4_turbo', promptText: 'Bees', promptImage: 'https://example.com/bee.png',
               ratio: '1280:720', duration: 5 };
const runway = (name, more = {}) => new RunwayML(
  { apiKey: 'mock', baseURL: failingUrl(`runway_${name}`), ...more });
for (const [status, [kind, words, tries]] of Object.entries(runwayErrors)) {
  test(`runway: ${status} is a ${kind.name} after ${tries} attempts`, async () => {
    const { fetch, attempts } = watchingFetch();
    await assert.rejects(runway(status, { fetch }).imageToVideo.create(task), (error) => {
      assert.ok(error instanceof kind, `${error}`);
      assert.equal(error.status, Number(status));
      assert.match(error.error.error, words);
      return true;
    });
    assert.equal(attempts.length, tries);
    assert.deepEqual(
      attempts.map(({ headers }) => Number(headers.get('x-stainless-retry-count'))),
      [0, 1, 2].slice(0, tries));
  });
}

test('runway: a body that is not valid is told with its issues', async () => {
  await assert.rejects(runway('body').imageToVideo.create(task), (error) => {
    assert.ok(error instanceof RunwayML.BadRequestError, `${error}`);
    assert.equal(error.error.error, 'Validation of body failed');
    assert.deepEqual(error.error.issues[0].path, ['promptImage']);
    assert.equal(error.error.docUrl, 'https://docs.dev.runwayml.com/api');
    return true;
  });
});

test('runway: a task that fails says why', async () => {
  const client = runway('failed');
  const { id } = await client.imageToVideo.create(task);
  let got;
  do got = await client.tasks.retrieve(id); while (['PENDING', 'RUNNING'].includes(got.status));
  assert.equal(got.status, 'FAILED');
  assert.match(got.failure, /generation failed/);
  assert.ok(got.failureCode);
});

test('runway: a reset connection is an APIConnectionError', async () => {
  await assert.rejects(runway('reset', { maxRetries: 0 }).imageToVideo.create(task),
                       RunwayML.APIConnectionError);
});

// ---- Edge-TTS: an answer without its end is an error of the stream

for (const how of ['reset', 'cut', 'truncated']) {
  test(`edge-tts: speech that is ${how} ends in an error`, async () => {
    const url = MsEdgeTTS.WSS_URL;
    MsEdgeTTS.WSS_URL = `${failingUrl(`edge_${how}`).replace(/^http/, 'ws')}` +
                        '/consumer/speech/synthesize/readaloud/edge/v1';
    try {
      const tts = new MsEdgeTTS();
      await tts.setMetadata('en-US-AriaNeural',
                            OUTPUT_FORMAT.AUDIO_24KHZ_48KBITRATE_MONO_MP3, {});
      const { audioStream } = tts.toStream('Bees like city roofs. '.repeat(4));
      await assert.rejects(all(audioStream));
      tts.close();
    } finally {
      MsEdgeTTS.WSS_URL = url;
    }
  });
}
