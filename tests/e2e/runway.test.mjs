import assert from 'node:assert/strict';
import { test } from 'node:test';
import RunwayML from '@runwayml/sdk';
import { mockUrl } from './lib/server.mjs';

const client = (more = {}) => new RunwayML(
  { apiKey: 'mock', baseURL: `${mockUrl()}/runway`, maxRetries: 0, ...more });
const ask = {
  model: 'gen4_turbo', promptText: 'Bees on a roof', promptImage: 'https://example.com/bee.png',
  ratio: '1280:720', duration: 5 };

async function finish(id) {
  const seen = new Set();
  for (;;) {
    const task = await client().tasks.retrieve(id);
    seen.add(task.status);
    if (!['PENDING', 'THROTTLED', 'RUNNING'].includes(task.status)) return { task, seen };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// The boxes of an MP4 by name, at the top level.
function boxes(bytes) {
  const out = new Map();
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
    out.set(bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + 8));
  }
  return out;
}

test('a video is asked for, runs, and plays as long as was asked', async () => {
  const { id } = await client().imageToVideo.create(ask);
  const { task, seen } = await finish(id);
  assert.equal(task.status, 'SUCCEEDED');
  assert.ok(seen.has('RUNNING'), [...seen].join());
  assert.equal(task.output.length, 1);
  const answer = await fetch(task.output[0]);
  assert.equal(answer.headers.get('content-type'), 'video/mp4');
  const movie = boxes(Buffer.from(await answer.arrayBuffer()));
  const header = movie.get('moov').subarray(8);
  assert.equal(header.readUInt32BE(16) / header.readUInt32BE(12), 5);
});

test('more tasks than places are throttled, and all succeed', async () => {
  const tasks = await Promise.all(
    Array.from({ length: 8 }, () => client().imageToVideo.create(ask)));
  const states = await Promise.all(tasks.map(({ id }) => client().tasks.retrieve(id)));
  assert.ok(states.some(({ status }) => status === 'THROTTLED'));
  for (const { id } of tasks) assert.equal((await finish(id)).task.status, 'SUCCEEDED');
});

test('a task that is deleted is gone', async () => {
  const { id } = await client().textToVideo.create({ ...ask, promptImage: undefined });
  await client().tasks.delete(id);
  await assert.rejects(client().tasks.retrieve(id), RunwayML.NotFoundError);
});

test('the picture of a finished task can be fetched', async () => {
  const { id } = await client().textToImage.create(
    { model: 'gen4_image', promptText: 'Bees', ratio: '1280:720' });
  const { task } = await finish(id);
  const answer = await fetch(task.output[0]);
  assert.equal(answer.headers.get('content-type'), 'image/png');
});

test('an unknown model and a bad ratio are bad requests', async () => {
  const wrong = (more) => client().imageToVideo.create({ ...ask, ...more });
  await assert.rejects(wrong({ model: 'nothing' }), RunwayML.BadRequestError);
  await assert.rejects(wrong({ ratio: 'wide' }), RunwayML.BadRequestError);
});
