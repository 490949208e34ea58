// Every answer is an instance of the published schema, seen without an SDK between.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeWav } from './lib/audio.mjs';
import { conforms, eventsOf, noSchema, post } from './lib/schema.mjs';
import { mockUrl } from './lib/server.mjs';

const base = () => `${mockUrl()}/v1`;
const messages = [{ role: 'user', content: 'Write about bees on city roofs.' }];
const weather = { name: 'weather', description: 'Of a city', parameters: {
  type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
  required: ['city', 'days'], additionalProperties: false } };
const check = (name, call) => test(name, { skip: noSchema }, call);

async function json(path, body, schema) {
  const answer = await post(base() + path, body);
  assert.equal(answer.status, 200, answer.text.slice(0, 300));
  const value = JSON.parse(answer.text);
  conforms(schema, value);
  return value;
}

async function stream(path, body, schemaOf) {
  const answer = await post(base() + path, body);
  assert.equal(answer.status, 200, answer.text.slice(0, 300));
  assert.match(answer.headers.get('content-type'), /^text\/event-stream/);
  assert.equal(answer.headers.get('cache-control'), 'no-cache');
  assert.ok(answer.text.endsWith('\n\n'), 'a blank line after the last event');
  const events = eventsOf(answer.text);
  events.forEach((event) => conforms(schemaOf(event), event));
  return events;
}

function form(fields) {
  const out = new FormData();
  for (const [key, value] of Object.entries(fields)) {
    if (value instanceof Blob) out.set(key, value, `${key}.bin`);
    else out.set(key, value);
  }
  return out;
}

const chats = {
  'a plain chat': {},
  'a chat with logprobs': { logprobs: true },
  'a chat with two choices': { n: 2 },
  'a chat that calls a tool': { tools: [{ type: 'function', function: weather }],
                                tool_choice: 'required' },
  'a chat that is cut': { max_completion_tokens: 4 },
  'a chat that thinks': { model: 'o4-mini' },
};
for (const [name, more] of Object.entries(chats)) {
  check(`${name} conforms`, () => json('/chat/completions',
    { model: 'gpt-4o-mini', messages, ...more }, 'CreateChatCompletionResponse'));
  check(`${name}, streamed, conforms chunk by chunk`, async () => {
    const chunks = await stream('/chat/completions', { model: 'gpt-4o-mini', messages,
      stream: true, stream_options: { include_usage: true }, ...more },
      () => 'CreateChatCompletionStreamResponse');
    assert.ok(chunks.length > 2);
  });
}

const asked = {
  'a plain response': {},
  'a response that calls a function': { tools: [{ type: 'function', strict: true, ...weather }],
                                        tool_choice: 'required' },
  'a response that is cut': { max_output_tokens: 4 },
  'a response that thinks': { model: 'gpt-5-mini', reasoning: { effort: 'high' } },
  'a response in JSON': {
    text: { format: { type: 'json_schema', name: 'w', schema: weather.parameters } } },
};
for (const [name, more] of Object.entries(asked)) {
  const body = { model: 'gpt-4o-mini', input: 'Say hello.', instructions: 'Be brief.', ...more };
  check(`${name} conforms`, () => json('/responses', body, 'Response'));
  check(`${name}, streamed, conforms event by event`, async () => {
    const events = await stream('/responses', { ...body, stream: true },
                                () => 'ResponseStreamEvent');
    assert.deepEqual(events.map((event) => event.sequence_number), events.map((_, i) => i));
    const ending = name.includes('cut') ? 'response.incomplete' : 'response.completed';
    assert.equal(events.at(-1).type, ending);
  });
}
check('a response in the background and its input items conform', async () => {
  const { id } = await json('/responses',
    { model: 'gpt-4o-mini', input: 'Say hello.', background: true }, 'Response');
  const get = async (path) => (await fetch(`${base()}/responses/${id}${path}`)).json();
  conforms('Response', await get(''));
  conforms('ResponseItemList', await get('/input_items'));
});

for (const [name, body] of Object.entries({
  'an image by URL': { model: 'dall-e-3', prompt: 'a roof' },
  'an image as base64': { model: 'dall-e-2', prompt: 'a roof', size: '256x256',
                          response_format: 'b64_json' },
  'a gpt-image': { model: 'gpt-image-1', prompt: 'a roof', quality: 'low', output_format: 'webp' },
})) {
  check(`${name} conforms`, () => json('/images/generations', body, 'ImagesResponse'));
}
const imageEvent = (name) => ({ type }) =>
  name + (type.endsWith('partial_image') ? 'PartialImageEvent' : 'CompletedEvent');

check('streamed images conform', async () => {
  const events = await stream('/images/generations', { model: 'gpt-image-1', prompt: 'a roof',
    stream: true, partial_images: 2, output_format: 'jpeg' },
    imageEvent('ImageGen'));
  assert.deepEqual(events.map(({ type }) => type.split('.')[1]),
                   ['partial_image', 'partial_image', 'completed']);
});
check('edited images conform, streamed too', async () => {
  const body = { image: new Blob(['png']), prompt: 'a roof', model: 'gpt-image-1' };
  await json('/images/edits', form(body), 'ImagesResponse');
  await stream('/images/edits', form({ ...body, stream: 'true', partial_images: '1' }),
    imageEvent('ImageEdit'));
});

const wav = () => new Blob([makeWav(3.5)]);
check('transcripts conform in every JSON form', async () => {
  const file = wav();
  for (const model of ['whisper-1', 'gpt-4o-transcribe']) {
    await json('/audio/transcriptions', form({ file, model }), 'CreateTranscriptionResponseJson');
  }
  const verbose = await json('/audio/transcriptions', form({ file, model: 'whisper-1',
    response_format: 'verbose_json', 'timestamp_granularities[]': 'word' }),
    'CreateTranscriptionResponseVerboseJson');
  assert.ok(verbose.words.length > 3);
  await json('/audio/translations',
             form({ file, model: 'whisper-1', response_format: 'verbose_json' }),
             'CreateTranslationResponseVerboseJson');
});
check('streamed transcripts and speech conform', async () => {
  const heard = await stream('/audio/transcriptions',
    form({ file: wav(), model: 'gpt-4o-transcribe', stream: 'true' }),
    () => 'CreateTranscriptionResponseStreamEvent');
  assert.equal(heard.at(-1).type, 'transcript.text.done');
  const said = await stream('/audio/speech', { model: 'gpt-4o-mini-tts', voice: 'alloy',
    input: 'Hello there. '.repeat(20), stream_format: 'sse' },
    () => 'CreateSpeechResponseStreamEvent');
  assert.ok(said.length > 2);
});

check('embeddings, models and moderations conform', async () => {
  await json('/embeddings', { model: 'text-embedding-3-small', input: ['a', 'b'], dimensions: 8 },
             'CreateEmbeddingResponse');
  const models = await (await fetch(`${base()}/models`)).json();
  conforms('ListModelsResponse', models);
  conforms('Model', await (await fetch(`${base()}/models/${models.data[0].id}`)).json());
  await json('/moderations', { input: ['hello', 'I will kill it'] }, 'CreateModerationResponse');
});

check('videos conform while they are made, listed and deleted', async () => {
  const video = await json('/videos', { model: 'sora-2', prompt: 'bees', seconds: '4' },
                           'VideoResource');
  conforms('VideoListResource', await (await fetch(`${base()}/videos`)).json());
  conforms('VideoResource', await (await fetch(`${base()}/videos/${video.id}`)).json());
  const gone = await fetch(`${base()}/videos/${video.id}`, { method: 'DELETE' });
  conforms('DeletedVideoResource', await gone.json());
});

check('every refusal is an error of the published form', async () => {
  for (const [path, body] of [
    ['/chat/completions', { model: 'gpt-4o' }], ['/chat/completions', { model: 'none', messages }],
    ['/responses', {}], ['/images/generations', { prompt: 5 }], ['/embeddings', { model: 'm' }],
    ['/audio/speech', { model: 'tts-1', input: 'x'.repeat(5000), voice: 'alloy' }],
    ['/no/such/path', {}], ['/videos', { prompt: 'x', seconds: '5' }]]) {
    const answer = await post(base() + path, body);
    assert.ok(answer.status >= 400, path);
    conforms('ErrorResponse', JSON.parse(answer.text));
  }
});
