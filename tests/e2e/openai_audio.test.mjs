import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, { toFile } from 'openai';
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

// ---- other formats and streams

for (const [format, type, mark] of [['opus', 'audio/opus', 'OggS'], ['flac', 'audio/flac', 'fLaC'],
                                    ['aac', 'audio/aac', 'ID3']]) {
  test(`speech as ${format} begins as such (the C++ tests play it)`, async () => {
    const { type: found, bytes } = await speak(sentence, format);
    assert.equal(found, type);
    assert.equal(bytes.toString('latin1', 0, mark.length), mark);
  });
}

test('speech comes in pieces while it is made, and the same as in one', async () => {
  const response = await openai().audio.speech.create(
    { model: 'tts-1', voice: 'alloy', input: sentence.repeat(4), response_format: 'wav' });
  assert.equal(response.headers.get('transfer-encoding'), 'chunked');
  const pieces = [];
  for await (const piece of response.body) pieces.push(Buffer.from(piece));
  const again = await speak(sentence.repeat(4), 'wav');
  assert.ok(Buffer.concat(pieces).equals(again.bytes));
});

test('speech as events holds the same kind of audio, and its usage', async () => {
  const response = await openai().audio.speech.create({ model: 'gpt-4o-mini-tts', voice: 'alloy',
    input: sentence, response_format: 'mp3', stream_format: 'sse' });
  assert.match(response.headers.get('content-type'), /^text\/event-stream/);
  const events = (await response.text()).split('\n\n').filter(Boolean)
    .map((frame) => JSON.parse(frame.slice(frame.indexOf('data: ') + 6)));
  const audio = events.filter(({ type }) => type === 'speech.audio.delta')
    .map(({ audio: text }) => Buffer.from(text, 'base64'));
  assert.ok(audio.length > 1);
  assert.ok(mp3Seconds(Buffer.concat(audio)) > 0);
  const { usage } = events.at(-1);
  assert.equal(usage.total_tokens, usage.input_tokens + usage.output_tokens);
});

test('a text past 4096 characters, and events from tts-1, are refused', async () => {
  const speech = (more) => openai().audio.speech.create(
    { model: 'tts-1', voice: 'alloy', input: 'x', ...more });
  await assert.rejects(speech({ input: 'x'.repeat(4097) }), OpenAI.BadRequestError);
  await assert.rejects(speech({ stream_format: 'sse' }), OpenAI.BadRequestError);
  await assert.rejects(speech({ response_format: 'midi' }), OpenAI.BadRequestError);
});

test('a streamed transcript comes in pieces of its text', async () => {
  const stream = await openai().audio.transcriptions.create(
    { model: 'gpt-4o-transcribe', file: await recording(20), stream: true });
  const events = [];
  for await (const event of stream) events.push(event);
  const pieces = events.slice(0, -1).map(({ delta }) => delta);
  assert.ok(pieces.length > 10);
  assert.equal(events.at(-1).type, 'transcript.text.done');
  assert.equal(events.at(-1).text, pieces.join(''));
  assert.equal(events.at(-1).usage.type, 'tokens');
});

test('words have their instants where they are asked for', async () => {
  const { words } = await openai().audio.transcriptions.create({ model, file: await recording(10),
    response_format: 'verbose_json', timestamp_granularities: ['word'] });
  assert.ok(words.length > 10);
  words.forEach(({ start, end }) => assert.ok(start < end && end <= 10.01));
});

test('a translation answers in English, in every form', async () => {
  const file = await recording(5);
  const verbose = await openai().audio.translations.create(
    { model, file, response_format: 'verbose_json' });
  assert.equal(verbose.language, 'english');
  assert.ok(Math.abs(verbose.duration - 5) < 0.05);
  for (const format of ['text', 'srt', 'vtt']) {
    assert.equal(typeof await openai().audio.translations.create(
      { model, file, response_format: format }), 'string');
  }
});

test('25 MB of audio are taken', async () => {
  const answer = await openai().audio.transcriptions.create(
    { model, file: await toFile(makeWav(1, 12_400_000), 'long.wav') });
  assert.equal(answer.usage.seconds, 1);
});
