import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toFile } from 'openai';
import { openai } from './lib/server.mjs';
import { makeWav, mp3Seconds, wavSeconds } from './lib/audio.mjs';

const model = 'whisper-1';
const recording = (seconds) => toFile(makeWav(seconds), 'speech.wav', { type: 'audio/wav' });

test('a transcription as json has text and the billed seconds', async () => {
  const answer = await openai().audio.transcriptions.create({ model, file: await recording(3.5) });
  assert.ok(answer.text.length > 0);
  assert.equal(answer.usage.type, 'duration');
  assert.equal(Math.ceil(answer.usage.seconds), 4);
});

test('a transcription as text is a plain string', async () => {
  const answer = await openai().audio.transcriptions.create(
    { model, file: await recording(3.5), response_format: 'text' });
  assert.equal(typeof answer, 'string');
  assert.ok(answer.trim().length > 0);
});

for (const seconds of [0.5, 3.5, 61]) {
  test(`a verbose transcription knows that ${seconds} s of audio came in`, async () => {
    const answer = await openai().audio.transcriptions.create(
      { model, file: await recording(seconds), response_format: 'verbose_json' });
    assert.ok(Math.abs(Number(answer.duration) - seconds) < 0.05, `${answer.duration} s`);
    assert.ok(answer.text.length > 0);
    assert.ok(answer.segments.length > 0);
    assert.ok(answer.segments.at(-1).end <= seconds + 0.05);
  });
}

for (const format of ['srt', 'vtt']) {
  test(`a transcription as ${format} has a time line`, async () => {
    const answer = await openai().audio.transcriptions.create(
      { model, file: await recording(3.5), response_format: format });
    assert.match(answer, /\d\d:\d\d[.,]\d{3} --> /);
  });
}

const sentence = 'Bees on city roofs need flowers, water and someone who looks after them. ';

async function speak(input, format) {
  const response = await openai().audio.speech.create(
    { model: 'tts-1', voice: 'alloy', input, response_format: format });
  return { type: response.headers.get('content-type'),
           bytes: Buffer.from(await response.arrayBuffer()) };
}

for (const [format, type, secondsOf] of [
  ['mp3', 'audio/mpeg', mp3Seconds],
  ['wav', 'audio/wav', wavSeconds],
  ['pcm', 'audio/pcm', (bytes) => bytes.length / 2 / 24000],
]) {
  test(`speech as ${format} plays, and a longer text plays longer`, async () => {
    const short = await speak(sentence, format);
    const long = await speak(sentence.repeat(3), format);
    assert.equal(short.type, type);
    assert.ok(secondsOf(short.bytes) > 0);
    assert.ok(secondsOf(long.bytes) > 2 * secondsOf(short.bytes));
  });
}
