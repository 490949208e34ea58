import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { mockUrl, ollama, openaiAt, tokensOf } from './lib/server.mjs';

const content = 'Why do bees like city roofs? Answer in two sentences.';
const messages = [{ role: 'user', content }];
const prompt = messages[0].content;

async function anyModel() {
  const { models } = await ollama().list();
  assert.ok(models.length > 0, 'the mock lists a model');
  return models[0].name;
}

// Durations are in nanoseconds; what is left of the total is the server's own overhead.
function checkLast(last, text) {
  assert.equal(last.done, true);
  assert.equal(last.eval_count, tokensOf(text));
  assert.ok(Math.abs(last.prompt_eval_count - tokensOf(prompt)) <= 8, `${last.prompt_eval_count}`);
  assert.ok(last.eval_duration > 0);
  const parts = (last.load_duration ?? 0) + (last.prompt_eval_duration ?? 0) + last.eval_duration;
  assert.ok(parts <= last.total_duration, `${parts} ns in ${last.total_duration} ns`);
  assert.ok(last.total_duration - parts <= 0.1 * last.total_duration + 1e8, 'the parts add up');
  const tokensPerSecond = last.eval_count / (last.eval_duration / 1e9);
  assert.ok(tokensPerSecond > 0.1 && tokensPerSecond < 1e4, `${tokensPerSecond} tokens/s`);
}

async function collect(stream, textOf) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  assert.ok(parts.slice(0, -1).every(({ done }) => done === false), 'only the last line is done');
  return { text: parts.map(textOf).join(''), last: parts.at(-1), lines: parts.length };
}

test('a plain chat answers in one object', async () => {
  const answer = await ollama().chat({ model: await anyModel(), messages });
  assert.equal(answer.message.role, 'assistant');
  assert.equal(answer.done_reason, 'stop');
  checkLast(answer, answer.message.content);
});

test('a streamed chat ends with a line that accounts for it', async () => {
  const stream = await ollama().chat({ model: await anyModel(), messages, stream: true });
  const { text, last, lines } = await collect(stream, ({ message }) => message?.content ?? '');
  assert.ok(lines > 2, 'it comes in pieces');
  assert.equal(last.done_reason, 'stop');
  checkLast(last, text);
});

test('num_predict cuts the answer, which then ends for its length', async () => {
  const answer = await ollama().chat(
    { model: await anyModel(), messages, options: { num_predict: 3 } });
  assert.equal(answer.done_reason, 'length');
  assert.equal(answer.eval_count, 3);
  checkLast(answer, answer.message.content);
});

test('generate answers plain and streamed', async () => {
  const model = await anyModel();
  const plain = await ollama().generate({ model, prompt });
  checkLast(plain, plain.response);
  const stream = await ollama().generate({ model, prompt, stream: true });
  const { text, last } = await collect(stream, ({ response }) => response);
  checkLast(last, text);
});

for (const stream of [false, true]) {
  test(`an unknown model is refused (stream: ${stream})`, async () => {
    await assert.rejects(ollama().chat({ model: 'no-such-model', messages, stream }), (error) => {
      assert.equal(error.status_code, 404);
      assert.match(error.message, /model ['"]no-such-model['"] not found/);
      return true;
    });
  });
}

// ---- tools, JSON, embeddings, models, and OpenAI's words

const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tools = [{ type: 'function', function: { name: 'weather', parameters: city } }];
const asking = [{ role: 'user', content: 'Ask the weather tool about Bonn.' }];

test('a tool is called, plain and streamed', async () => {
  const model = await anyModel();
  const plain = await ollama().chat({ model, messages: asking, tools });
  const [call] = plain.message.tool_calls;
  assert.equal(call.function.name, 'weather');
  assert.equal(typeof call.function.arguments.city, 'string');
  const calls = [];
  for await (const { message } of await ollama().chat(
    { model, messages: asking, tools, stream: true })) {
    calls.push(...(message.tool_calls ?? []));
  }
  assert.equal(calls.length, 1);
  assert.equal(typeof calls[0].function.arguments.city, 'string');
});

test('a format is kept to: json, and a schema', async () => {
  const model = await anyModel();
  const json = await ollama().generate({ model, prompt, format: 'json' });
  assert.equal(typeof JSON.parse(json.response), 'object');
  const schema = await ollama().chat({ model, messages, format: city });
  assert.deepEqual(Object.keys(JSON.parse(schema.message.content)), ['city']);
});

test('embeddings come for a text and for texts, in the old form too', async () => {
  const model = 'nomic-embed-text';
  const one = await ollama().embed({ model, input: 'bees' });
  assert.equal(one.embeddings.length, 1);
  assert.equal(one.embeddings[0].length, 768);
  assert.ok(one.total_duration > 0);
  const two = await ollama().embed({ model, input: ['bees', 'trains'], dimensions: 64 });
  assert.deepEqual(two.embeddings.map((vector) => vector.length), [64, 64]);
  const old = await ollama().embeddings({ model, prompt: 'bees' });
  assert.deepEqual(old.embedding, one.embeddings[0]);
});

test('a model that was used is running until its keep_alive is over', async () => {
  const model = await anyModel();
  await ollama().generate({ model, prompt, keep_alive: '10m' });
  const { models } = await ollama().ps();
  assert.ok(models.some(({ name }) => name === model));
  const loaded = await ollama().generate({ model, prompt: '' , keep_alive: '10m' });
  assert.equal(loaded.done_reason, 'load');
  const unloaded = await ollama().generate({ model, prompt: '', keep_alive: 0 });
  assert.equal(unloaded.done_reason, 'unload');
  assert.ok(!(await ollama().ps()).models.some(({ name }) => name === model));
});

test('models are shown and pulled, unknown ones are not, and the version is told', async () => {
  const model = await anyModel();
  assert.ok((await ollama().show({ model })).capabilities.includes('completion'));
  assert.equal((await ollama().pull({ model })).status, 'success');
  const states = [];
  for await (const { status } of await ollama().pull({ model, stream: true })) states.push(status);
  assert.equal(states.at(-1), 'success');
  await assert.rejects(ollama().show({ model: 'no-such-model' }), /not found/);
  assert.match((await ollama().version()).version, /^\d+\./);
});

test('probes of the root, with GET and HEAD, and of the tags are answered', async () => {
  for (const [path, method] of [['/ollama/', 'GET'], ['/ollama/', 'HEAD'], ['/api/tags', 'HEAD'],
                                ['/v1/models', 'HEAD']]) {
    const response = await fetch(mockUrl() + path, { method });
    assert.equal(response.status, 200, `${method} ${path}`);
    const text = await response.text();
    if (method === 'GET') assert.equal(text, 'Ollama is running');
  }
});

test('it speaks OpenAI\'s words too: chat, embeddings, models, responses, errors', async () => {
  const client = openaiAt(`${mockUrl()}/ollama`);
  const model = 'llama3.1:8b';
  const plain = await client.chat.completions.create({ model, messages });
  assert.equal(plain.usage.completion_tokens, tokensOf(plain.choices[0].message.content));
  let finish;
  for await (const { choices: [choice] } of await client.chat.completions.create(
    { model, messages, stream: true })) {
    finish = choice.finish_reason ?? finish;
  }
  assert.equal(finish, 'stop');
  const { data } = await client.embeddings.create({ model: 'nomic-embed-text', input: 'bees' });
  assert.equal(data[0].embedding.length, 768);
  assert.ok((await client.models.list()).data.some(({ id }) => id === model));
  assert.ok((await client.responses.create({ model, input: prompt })).output_text.length > 0);
  await assert.rejects(client.chat.completions.create({ model: 'no-such-model', messages }),
                       OpenAI.NotFoundError);
});
