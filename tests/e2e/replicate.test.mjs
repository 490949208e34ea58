import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import Replicate, { validateWebhook } from 'replicate';
import { Webhook } from 'standardwebhooks';
import { decodedSize } from './lib/png.mjs';
import { mockUrl } from './lib/server.mjs';

const client = () => new Replicate({ auth: 'mock', baseUrl: `${mockUrl()}/replicate/v1` });
const model = 'black-forest-labs/flux-schnell';
const input = { prompt: 'Bees on a roof', width: 512, height: 512 };

async function bytesOf(file) {
  return Buffer.from(await (await file.blob()).arrayBuffer());
}

test('run waits for its pictures, which decode at their size', async () => {
  const output = await client().run(model, { input: { ...input, num_outputs: 2 } });
  assert.equal(output.length, 2);
  for (const file of output) {
    assert.equal(decodedSize(await bytesOf(file)), '512x512');
  }
});

test('run polls until it is done, and tells of its progress', async () => {
  const seen = [];
  const output = await client().run(
    model, { input, wait: { mode: 'poll', interval: 20 } }, ({ status }) => seen.push(status));
  assert.equal(output.length, 1);
  assert.equal(seen[0], 'starting');
  assert.equal(seen.at(-1), 'succeeded');
});

test('a version and a deployment make predictions, too', async () => {
  const version = await client().predictions.create({ version: 'f'.repeat(64), input });
  assert.equal(version.status, 'starting');
  const own = await client().deployments.predictions.create('acme', 'my-images', { input });
  const done = await client().wait(own, { interval: 20 });
  assert.equal(done.status, 'succeeded');
  assert.ok(done.metrics.predict_time > 0);
  assert.ok(done.metrics.total_time >= done.metrics.predict_time);
});

test('a language model streams its pieces, then done', async () => {
  const events = [];
  const chat = { input: { prompt: 'Why do bees like roofs?', max_tokens: 40 } };
  for await (const event of client().stream('meta/meta-llama-3-8b-instruct', chat)) {
    events.push(event);
  }
  assert.equal(events.at(-1).event, 'done');
  const text = events.filter(({ event }) => event === 'output').map(String).join('');
  assert.ok(events.length > 5, 'it comes in pieces');
  assert.equal(text.length, 160);
  const whole = await client().run('meta/meta-llama-3-8b-instruct', chat);
  assert.equal(whole.join('').length, 160);
});

test('a prediction can be cancelled, and stays so', async () => {
  const long = { ...input, num_inference_steps: 1000, num_outputs: 8 };
  const own = await client().predictions.create({ model: 'stability-ai/sdxl', input: long });
  const cancelled = await client().predictions.cancel(own.id);
  assert.equal(cancelled.status, 'canceled');
  assert.equal((await client().predictions.get(own.id)).output, null);
});

test('webhooks are signed as Standard Webhooks asks', async () => {
  const { key } = await client().webhooks.default.secret.get();
  const got = [];
  let heard;
  const all = new Promise((resolve) => { heard = resolve; });
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => { body += part; });
    request.on('end', () => {
      got.push({ headers: request.headers, body });
      response.end('ok');
      if (JSON.parse(body).status === 'succeeded') heard();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await client().predictions.create({
      model, input, webhook: `http://127.0.0.1:${server.address().port}/hook`,
      webhook_events_filter: ['start', 'completed'] });
    await all;
  } finally {
    server.close();
  }
  assert.deepEqual(got.map(({ body }) => JSON.parse(body).status), ['processing', 'succeeded']);
  for (const { headers, body } of got) {
    assert.ok(await validateWebhook({ headers, body }, key));
    assert.equal(new Webhook(key).verify(body, headers).id, JSON.parse(body).id);
    await assert.rejects(async () => new Webhook(key).verify(`${body} `, headers));
  }
});

test('a webhook to another machine is refused', async () => {
  await assert.rejects(
    client().predictions.create({ model, input, webhook: 'https://example.com/hook' }),
    ({ response }) => response.status === 422);
});

test('files are uploaded for inputs, listed and deleted', async () => {
  const file = await client().files.create(new Blob(['bees'], { type: 'text/plain' }));
  assert.equal(file.size, 4);
  assert.match(file.urls.get, /\/v1\/files\//);
  assert.equal((await client().files.get(file.id)).id, file.id);
  assert.ok((await client().files.list()).results.some(({ id }) => id === file.id));
  assert.equal(await client().files.delete(file.id), true);
  await assert.rejects(client().files.get(file.id), ({ response }) => response.status === 404);
  await client().run(model, { input: { ...input, image: Buffer.from('bees') } });
});

test('unknown models, predictions and inputs are told so', async () => {
  const status = (wanted) => ({ response }) => response.status === wanted;
  await assert.rejects(client().run('nobody/nothing', { input }), status(404));
  await assert.rejects(client().predictions.get('nothing'), status(404));
  await assert.rejects(client().run(model, { input: { width: 'wide' } }), status(422));
  assert.equal((await client().models.get('stability-ai', 'sdxl')).name, 'sdxl');
});
