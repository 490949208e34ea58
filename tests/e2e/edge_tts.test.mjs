// The package calls one fixed host over TLS. Its address is a static property, so that it can be
// pointed at the mock over plain WebSocket; its handshake and messages stay its own.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { MsEdgeTTS, OUTPUT_FORMAT } from 'msedge-tts';
import { mp3Seconds } from './lib/audio.mjs';
import { mockUrl } from './lib/server.mjs';

const base = `${mockUrl()}/edge-tts/consumer/speech/synthesize/readaloud`;
MsEdgeTTS.WSS_URL = `${base.replace(/^http/, 'ws')}/edge/v1`;
MsEdgeTTS.VOICES_URL = `${base}/voices/list`;

async function collect(stream) {
  const parts = [];
  stream.on('data', (part) => parts.push(part));
  await once(stream, 'end');
  return parts;
}

async function speaker(options = {}) {
  const tts = new MsEdgeTTS();
  await tts.setMetadata('en-US-AriaNeural', OUTPUT_FORMAT.AUDIO_24KHZ_48KBITRATE_MONO_MP3, options);
  return tts;
}

test('a text is spoken as an MP3 of its length, in pieces', async () => {
  const tts = await speaker();
  const text = 'Bees like city roofs & balconies. '.repeat(4);
  const { audioStream } = tts.toStream(text.replace('&', '&amp;'));
  const parts = await collect(audioStream);
  tts.close();
  assert.ok(parts.length > 2, `${parts.length} pieces`);
  const seconds = mp3Seconds(Buffer.concat(parts));
  assert.ok(Math.abs(seconds - text.length / 15) < 1, `${seconds} s`);
});

test('every word has its place in the audio', async () => {
  const tts = await speaker({ wordBoundaryEnabled: true });
  const { audioStream, metadataStream } = tts.toStream('Bees like city roofs');
  const words = [];
  metadataStream.on('data', (part) => words.push(...JSON.parse(part).Metadata));
  await collect(audioStream);
  tts.close();
  assert.deepEqual(words.map(({ Data }) => Data.text.Text), ['Bees', 'like', 'city', 'roofs']);
  const offsets = words.map(({ Data }) => Data.Offset);
  assert.deepEqual(offsets, [...offsets].sort((a, b) => a - b));
  assert.ok(words.every(({ Type, Data }) => Type === 'WordBoundary' && Data.Duration > 0));
});

test('one connection speaks one text after the other', async () => {
  const tts = await speaker();
  for (const text of ['One.', 'Two.']) {
    assert.ok(Buffer.concat(await collect(tts.toStream(text).audioStream)).length > 0);
  }
  tts.close();
});

test('a format that the mock does not speak ends the connection, and the stream with an error',
  async () => {
    const tts = new MsEdgeTTS();
    await tts.setMetadata('en-US-AriaNeural', OUTPUT_FORMAT.WEBM_24KHZ_16BIT_MONO_OPUS, {});
    const { audioStream } = tts.toStream('Bees');
    await assert.rejects(collect(audioStream), /no turn.end/);
  });

test('voices are listed', async () => {
  const voices = await new MsEdgeTTS().getVoices();
  assert.ok(voices.some(({ ShortName }) => ShortName === 'en-US-AriaNeural'));
});
