import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { openai } from './lib/server.mjs';

const request = { model: 'sora-2', prompt: 'Bees fly over a roof garden.', seconds: '4' };

async function made(client, id) {
  let video;
  let progress = 0;
  do {
    video = await client.videos.retrieve(id);
    assert.ok(video.progress >= progress, 'it never goes back');
    progress = video.progress;
  } while (['queued', 'in_progress'].includes(video.status));
  return video;
}

// The boxes of the topmost level, by name.
function boxes(bytes) {
  const out = {};
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
    out[bytes.toString('latin1', at + 4, at + 8)] = bytes.readUInt32BE(at);
  }
  return out;
}

test('a video is made, and its content, thumbnail and sprite sheet can be had', async () => {
  const client = openai();
  const first = await client.videos.create(request);
  assert.equal(first.status, 'queued');
  assert.equal(first.progress, 0);
  const video = await made(client, first.id);
  assert.equal(video.status, 'completed');
  assert.equal(video.progress, 100);
  assert.equal(video.seconds, '4');
  assert.ok(video.completed_at > video.created_at);
  const content = await client.videos.downloadContent(first.id);
  assert.equal(content.headers.get('content-type'), 'video/mp4');
  assert.deepEqual(Object.keys(boxes(Buffer.from(await content.arrayBuffer()))),
                   ['ftyp', 'free', 'moov', 'mdat']);
  for (const [variant, type] of [['thumbnail', 'image/webp'], ['spritesheet', 'image/jpeg']]) {
    const picture = await client.videos.downloadContent(first.id, { variant });
    assert.equal(picture.headers.get('content-type'), type);
    assert.ok((await picture.arrayBuffer()).byteLength > 10_000);
  }
});

test('before it is made its content cannot be had', async () => {
  const { id } = await openai().videos.create({ ...request, model: 'sora-2-pro' });
  await assert.rejects(openai().videos.downloadContent(id), OpenAI.NotFoundError);
});

test('a picture may go in, and a video may be remixed', async () => {
  const client = openai();
  const image = await toFile(Buffer.alloc(1000, 1), 'start.png', { type: 'image/png' });
  const first = await client.videos.create(
    { ...request, input_reference: image, size: '1280x720' });
  assert.equal(first.size, '1280x720');
  const remix = await client.videos.remix(first.id, { prompt: 'At night.' });
  assert.equal(remix.remixed_from_video_id, first.id);
  assert.equal(remix.size, '1280x720');
  assert.notEqual(remix.id, first.id);
});

test('videos are listed, the newest first, in pages, and gone once deleted', async () => {
  const client = openai();
  const ids = [];
  for (let i = 0; i < 3; i += 1) ids.unshift((await client.videos.create(request)).id);
  const page = await client.videos.list({ limit: 2 });
  assert.equal(page.data.length, 2);
  assert.ok(page.has_more);
  const seen = [];
  for await (const { id } of client.videos.list({ limit: 2 })) seen.push(id);
  const places = ids.map((id) => seen.indexOf(id));
  assert.ok(places.every((place) => place >= 0) && places[0] < places[1] && places[1] < places[2]);
  const gone = await client.videos.delete(ids[0]);
  assert.equal(gone.deleted, true);
  await assert.rejects(client.videos.retrieve(ids[0]), OpenAI.NotFoundError);
});

test('seconds and sizes that it does not offer, and unknown models, are refused', async () => {
  for (const more of [{ seconds: '5' }, { size: '10x10' }, { prompt: undefined }]) {
    await assert.rejects(openai().videos.create({ ...request, ...more }), OpenAI.BadRequestError);
  }
  await assert.rejects(openai().videos.create({ ...request, model: 'none' }), OpenAI.NotFoundError);
});
