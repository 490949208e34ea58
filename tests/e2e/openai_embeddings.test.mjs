import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openai, tokensOf } from './lib/server.mjs';

const model = 'text-embedding-3-small';
const inputs = ['bees on city roofs', 'night trains return', 'bees on city roofs'];
const vectorsOf = ({ data }) => data.map(({ embedding }) => embedding);

test('an embedding has 1536 dimensions and unit length', async () => {
  const answer = await openai().embeddings.create({ model, input: inputs[0] });
  assert.equal(answer.object, 'list');
  const [vector] = vectorsOf(answer);
  assert.equal(vector.length, 1536);
  assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-4);
});

test('base64, the SDK\'s default, and floats give the same vector', async () => {
  const [decoded] = vectorsOf(await openai().embeddings.create({ model, input: inputs[0] }));
  const [floats] = vectorsOf(await openai().embeddings.create(
    { model, input: inputs[0], encoding_format: 'float' }));
  assert.equal(floats.length, decoded.length);
  floats.forEach((value, i) => assert.ok(Math.abs(value - decoded[i]) < 1e-6, `dimension ${i}`));
});

test('a batch keeps its order, and equal texts have equal vectors', async () => {
  const answer = await openai().embeddings.create({ model, input: inputs });
  assert.deepEqual(answer.data.map(({ index }) => index), [0, 1, 2]);
  const [first, other, again] = vectorsOf(answer);
  assert.deepEqual(again, first);
  assert.notDeepEqual(other, first);
});

test('embeddings bill the prompt only', async () => {
  const { usage } = await openai().embeddings.create({ model, input: inputs });
  const asked = inputs.reduce((sum, text) => sum + tokensOf(text), 0);
  assert.ok(Math.abs(usage.prompt_tokens - asked) <= inputs.length, `${usage.prompt_tokens}`);
  assert.equal(usage.total_tokens, usage.prompt_tokens);
});

test('fewer dimensions are given when asked for, still of unit length', async () => {
  const [vector] = vectorsOf(await openai().embeddings.create(
    { model, input: inputs[0], dimensions: 256 }));
  assert.equal(vector.length, 256);
  assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-4);
});
