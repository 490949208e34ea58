import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ApiError, FunctionCallingConfigMode, Modality, Type } from '@google/genai';
import { failingUrl, gemini, withWatchedFetch } from './lib/native.mjs';
import { decodedSize } from './lib/png.mjs';
import { tokensOf } from './lib/server.mjs';

const model = 'gemini-2.5-flash';
const contents = 'Why do bees like city roofs?';

function checkUsage(usage, text, thoughts = 0) {
  assert.equal(usage.promptTokenCount, tokensOf(contents));
  assert.equal(usage.candidatesTokenCount, tokensOf(text));
  assert.equal(usage.thoughtsTokenCount ?? 0, thoughts);
  assert.equal(usage.totalTokenCount, usage.promptTokenCount + tokensOf(text) + thoughts);
}

for (const apiVersion of ['v1beta', 'v1']) {
  test(`a plain answer has one candidate that stops (${apiVersion})`, async () => {
    const answer = await gemini({ apiVersion }).models.generateContent({ model, contents });
    assert.equal(answer.candidates.length, 1);
    assert.equal(answer.candidates[0].content.role, 'model');
    assert.equal(answer.candidates[0].finishReason, 'STOP');
    assert.equal(answer.modelVersion, model);
    assert.ok(answer.responseId);
    checkUsage(answer.usageMetadata, answer.text);
  });

  test(`a stream comes in pieces and only its last says why it ends (${apiVersion})`, async () => {
    const stream = await gemini({ apiVersion }).models.generateContentStream({ model, contents });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    assert.ok(chunks.length > 2);
    const text = chunks.map((chunk) => chunk.text ?? '').join('');
    const finishes = chunks.map(({ candidates }) => candidates[0].finishReason);
    assert.ok(finishes.slice(0, -1).every((finish) => finish === undefined));
    assert.equal(finishes.at(-1), 'STOP');
    checkUsage(chunks.at(-1).usageMetadata, text);
  });
}

test('without alt=sse a stream is one JSON array', async () => {
  const response = await fetch(
    `${process.env.MOCK_URL}/v1beta/models/${model}:streamGenerateContent?key=mock`,
    { method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ contents: [{ parts: [{ text: contents }] }] }) });
  assert.equal(response.headers.get('content-type'), 'application/json');
  const chunks = await response.json();
  assert.ok(Array.isArray(chunks) && chunks.length > 2);
  assert.equal(chunks.at(-1).candidates[0].finishReason, 'STOP');
});

test('an answer that reaches maxOutputTokens is cut there', async () => {
  const answer = await gemini().models.generateContent(
    { model, contents, config: { maxOutputTokens: 3, systemInstruction: 'Be brief.' } });
  assert.equal(answer.candidates[0].finishReason, 'MAX_TOKENS');
  assert.equal(answer.usageMetadata.candidatesTokenCount, 3);
});

test('thoughts are counted, and shown where that is asked', async () => {
  for (const includeThoughts of [true, false]) {
    const answer = await gemini().models.generateContent(
      { model, contents, config: { thinkingConfig: { thinkingBudget: 40, includeThoughts } } });
    const thoughts = answer.candidates[0].content.parts.filter(({ thought }) => thought);
    assert.equal(thoughts.length, includeThoughts ? 1 : 0);
    checkUsage(answer.usageMetadata, answer.text, answer.usageMetadata.thoughtsTokenCount);
    assert.ok(answer.usageMetadata.thoughtsTokenCount > 0);
  }
});

test('JSON mode answers JSON', async () => {
  const answer = await gemini().models.generateContent({ model, contents, config: {
    responseMimeType: 'application/json',
    responseSchema: { type: Type.OBJECT, properties: { text: { type: Type.STRING } } } } });
  assert.equal(typeof JSON.parse(answer.text).text, 'string');
});

for (const stream of [false, true]) {
  test(`a function that must be called is called with an object (stream: ${stream})`, async () => {
    const request = { model, contents, config: {
      tools: [{ functionDeclarations: [{ name: 'look_up', description: 'Looks a bee up.' }] }],
      toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } } } };
    const calls = [];
    if (stream) {
      for await (const chunk of await gemini().models.generateContentStream(request)) {
        calls.push(...(chunk.functionCalls ?? []));
      }
    } else {
      calls.push(...(await gemini().models.generateContent(request)).functionCalls);
    }
    assert.equal(calls.length, 1);
    assert.equal(calls[0].name, 'look_up');
    assert.equal(typeof calls[0].args.text, 'string');
  });
}

test('an image model answers with a picture of the shape asked for', async () => {
  const answer = await gemini().models.generateContent({
    model: 'gemini-2.5-flash-image', contents: 'a roof garden',
    config: { responseModalities: [Modality.IMAGE], imageConfig: { aspectRatio: '16:9' } } });
  const [{ inlineData }] = answer.candidates[0].content.parts;
  assert.equal(inlineData.mimeType, 'image/png');
  assert.equal(decodedSize(Buffer.from(inlineData.data, 'base64')), '1344x768');
  assert.equal(answer.usageMetadata.candidatesTokenCount, 1290);
});

test('Imagen predicts as many pictures as asked', async () => {  // newer SDKs leave it to Vertex
  const response = await fetch(
    `${process.env.MOCK_URL}/v1beta/models/imagen-4.0-generate-001:predict`,
    { method: 'POST', headers: { 'content-type': 'application/json', 'x-goog-api-key': 'mock' },
      body: JSON.stringify({ instances: [{ prompt: 'a roof garden' }],
                             parameters: { sampleCount: 2, aspectRatio: '3:4' } }) });
  const { predictions } = await response.json();
  assert.equal(predictions.length, 2);
  for (const { mimeType, bytesBase64Encoded } of predictions) {
    assert.equal(mimeType, 'image/png');
    assert.equal(decodedSize(Buffer.from(bytesBase64Encoded, 'base64')), '896x1280');
  }
});

test('texts are embedded, tokens counted, models listed and retrieved', async () => {
  const { embeddings } = await gemini().models.embedContent({
    model: 'gemini-embedding-001', contents: ['bees', 'roofs'],
    config: { outputDimensionality: 256 } });
  assert.deepEqual(embeddings.map(({ values }) => values.length), [256, 256]);
  assert.notDeepEqual(embeddings[0].values, embeddings[1].values);
  assert.equal((await gemini().models.countTokens({ model, contents })).totalTokens,
               tokensOf(contents));
  const names = [];
  for await (const { name } of await gemini().models.list()) names.push(name);
  assert.ok(names.includes(`models/${model}`), names.join());
  assert.equal((await gemini().models.get({ model })).name, `models/${model}`);
});

const failures = {
  400: 'INVALID_ARGUMENT', 401: 'UNAUTHENTICATED', 403: 'PERMISSION_DENIED', 404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED', 499: 'CANCELLED', 500: 'INTERNAL', 503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};
for (const [status, name] of Object.entries(failures)) {
  for (const call of ['generateContent', 'generateContentStream']) {
    test(`${status} is an ApiError that says ${name}, and is tried once (${call})`, async () => {
      const client = gemini({ url: failingUrl(`gemini_${status}`) });
      const tries = await withWatchedFetch(async (attempts) => {
        await assert.rejects(client.models[call]({ model, contents }), (error) => {
          assert.ok(error instanceof ApiError, `${error}`);
          assert.equal(error.status, Number(status));
          assert.match(error.message, new RegExp(name));
          return true;
        });
        return attempts;
      });
      assert.equal(tries.length, 1);
      assert.match(tries[0].type, /^application\/json/);
    });
  }
}

for (const [status, tries] of [[429, 3], [500, 3], [503, 3], [504, 3], [400, 1], [403, 1]]) {
  test(`with retry options ${status} is tried ${tries} times`, async () => {
    const client = gemini({ url: failingUrl(`gemini_${status}`),
                            retryOptions: { attempts: 3, initialDelay: 0.01, maxDelay: 0.02 } });
    const counted = await withWatchedFetch(async (attempts) => {
      await assert.rejects(client.models.generateContent({ model, contents }));
      return attempts.length;
    });
    assert.equal(counted, tries);
  });
}

test('an unknown model is not found', async () => {
  await assert.rejects(gemini().models.generateContent({ model: 'no-such-model', contents }),
                       (error) => {
                         assert.equal(error.status, 404);
                         assert.match(error.message, /models\/no-such-model is not found/);
                         return true;
                       });
});

test('an error inside a stream is an ApiError', async () => {
  const client = gemini({ url: failingUrl('gemini_error') });
  const stream = await client.models.generateContentStream({ model, contents });
  await assert.rejects(async () => { for await (const chunk of stream) assert.ok(chunk); },
                       (error) => {
                         assert.ok(error instanceof ApiError, `${error}`);
                         assert.match(error.message, /overloaded/);
                         return true;
                       });
});

test('a stream that ends early is no whole answer', async () => {
  const client = gemini({ url: failingUrl('gemini_truncated') });
  const finishes = [];
  try {
    for await (const chunk of await client.models.generateContentStream({ model, contents })) {
      finishes.push(chunk.candidates[0].finishReason);
    }
  } catch (error) {
    assert.ok(error instanceof Error);
  }
  assert.ok(finishes.every((finish) => finish === undefined));
});

test('a bad key is an invalid argument whose details name it', async () => {
  const client = gemini({ url: failingUrl('gemini_key') });
  await assert.rejects(client.models.generateContent({ model, contents }), (error) => {
    assert.equal(error.status, 400);
    assert.match(error.message, /API key not valid/);
    assert.match(error.message, /API_KEY_INVALID/);
    return true;
  });
});

for (const apiVersion of ['v1', 'v1beta']) {
  test(`a video is an operation that is asked about until it is done (${apiVersion})`, async () => {
    const client = gemini({ apiVersion });
    let operation = await client.models.generateVideos({
      model: 'veo-3.0-fast-generate-001', source: { prompt: 'Bees on a roof' },
      config: { numberOfVideos: 2, durationSeconds: 4, aspectRatio: '9:16' } });
    assert.notEqual(operation.done, true);
    assert.match(operation.name, /^models\/veo-3.0-fast-generate-001\/operations\/[a-z0-9]+$/);
    while (!operation.done) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      operation = await client.operations.getVideosOperation({ operation });
    }
    assert.equal(operation.error, undefined);
    const { generatedVideos } = operation.response;
    assert.equal(generatedVideos.length, 2);
    const folder = await mkdtemp(join(tmpdir(), 'rehearse-'));
    try {
      const downloadPath = join(folder, 'bees.mp4');
      await client.files.download({ file: generatedVideos[0], downloadPath });
      const film = await readFile(downloadPath);
      assert.equal(film.toString('latin1', 4, 8), 'ftyp');
      const plain = await fetch(generatedVideos[0].video.uri,
                                { headers: { 'x-goog-api-key': 'x' } });
      assert.equal(plain.headers.get('content-type'), 'video/mp4');
      assert.ok(film.equals(Buffer.from(await plain.arrayBuffer())));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

test('a video of a shape that Veo does not make, and of an unknown model, is refused', async () => {
  const ask = (model, config) => gemini().models.generateVideos(
    { model, source: { prompt: 'Bees' }, config });
  await assert.rejects(ask('veo-3.0-generate-001', { aspectRatio: '1:1' }),
                       ({ status }) => status === 400);
  await assert.rejects(ask('veo-9', {}), ({ status }) => status === 404);
  await assert.rejects(
    gemini({ url: failingUrl('gemini_503') }).models.generateVideos(
      { model: 'veo-3.0-generate-001', source: { prompt: 'Bees' } }),
    ({ status, message }) => status === 503 && /UNAVAILABLE/.test(message));
});
