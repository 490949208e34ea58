import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { mockUrl, openai } from './lib/server.mjs';
import { decodedSize } from './lib/png.mjs';

const prompt = 'A calm roof garden with bee hives at dawn, editorial illustration';
const sizes = {
  'dall-e-2': ['256x256', '512x512', '1024x1024'],
  'dall-e-3': ['1024x1024', '1792x1024', '1024x1792'],
  'gpt-image-1': ['1024x1024', '1536x1024', '1024x1536'],
};
const inBase64 = (model) => (model.startsWith('dall-e') ? { response_format: 'b64_json' } : {});

for (const [model, offered] of Object.entries(sizes)) {
  for (const size of offered) {
    test(`${model} draws a PNG of ${size} in base64`, async () => {
      const answer = await openai().images.generate({ model, prompt, size, ...inBase64(model) });
      assert.equal(answer.data.length, 1);
      assert.equal(decodedSize(Buffer.from(answer.data[0].b64_json, 'base64')), size);
      assert.ok(Number.isInteger(answer.created));
    });
  }
}

for (const model of ['dall-e-2', 'dall-e-3']) {
  test(`${model} answers with a URL unless asked otherwise, and the mock serves it`, async () => {
    const answer = await openai().images.generate({ model, prompt, size: '1024x1024' });
    assert.equal(answer.data[0].b64_json, undefined);
    const { url } = answer.data[0];
    assert.equal(new URL(url).origin, new URL(mockUrl()).origin);
    const response = await fetch(url);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'image/png');
    assert.equal(decodedSize(Buffer.from(await response.arrayBuffer())), '1024x1024');
  });
}

test('dall-e-2 with n=2 draws two images', async () => {
  const answer = await openai().images.generate(
    { model: 'dall-e-2', prompt, n: 2, size: '256x256', response_format: 'b64_json' });
  assert.equal(answer.data.length, 2);
  for (const { b64_json: image } of answer.data) {
    assert.equal(decodedSize(Buffer.from(image, 'base64')), '256x256');
  }
});

test('gpt-image-1 bills tokens that add up', async () => {
  const { usage } = await openai().images.generate(
    { model: 'gpt-image-1', prompt, size: '1024x1024', quality: 'medium' });
  assert.ok(usage.output_tokens > 0);
  assert.equal(usage.total_tokens, usage.input_tokens + usage.output_tokens);
  const { image_tokens: images, text_tokens: text } = usage.input_tokens_details;
  assert.equal(usage.input_tokens, images + text);
});

const refused = [['two images', { n: 2 }], ['a size it does not offer', { size: '256x256' }]];
for (const [why, wrong] of refused) {
  test(`dall-e-3 refuses ${why} as a bad request`, async () => {
    await assert.rejects(openai().images.generate({ model: 'dall-e-3', prompt, ...wrong }),
                         OpenAI.BadRequestError);
  });
}

// ---- formats, edits, streams

const gpt = { model: 'gpt-image-1', prompt, size: '1024x1024', quality: 'low' };
const bytesOf = ({ b64_json: text }) => Buffer.from(text, 'base64');
const marks = {  // the C++ tests decode them to their last row
  png: (bytes) => bytes.subarray(1, 4).toString() === 'PNG',
  jpeg: (bytes) => bytes.readUInt16BE(0) === 0xffd8
    && bytes.readUInt16BE(bytes.length - 2) === 0xffd9,
  webp: (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF'
    && bytes.toString('latin1', 8, 12) === 'WEBP' && bytes.readUInt32LE(4) + 8 === bytes.length,
};

for (const [format, fits] of Object.entries(marks)) {
  test(`gpt-image-1 draws ${format} of real weight, the same when asked again`, async () => {
    const draw = (more) => openai().images.generate({ ...gpt, output_format: format, ...more });
    const [first, again, other] = await Promise.all([draw(), draw(), draw({ prompt: 'other' })]);
    assert.equal(first.output_format, format);
    const bytes = bytesOf(first.data[0]);
    assert.ok(fits(bytes), format);
    assert.ok(bytes.length > 200_000, `${bytes.length} bytes`);
    assert.ok(bytes.equals(bytesOf(again.data[0])));
    assert.ok(!bytes.equals(bytesOf(other.data[0])));
  });
}

test('a streamed image comes in partial ones and a last one with usage', async () => {
  const stream = await openai().images.generate({ ...gpt, stream: true, partial_images: 3 });
  const events = [];
  for await (const event of stream) events.push(event);
  assert.deepEqual(events.map(({ partial_image_index: index }) => index), [0, 1, 2, undefined]);
  events.forEach((event) => assert.equal(decodedSize(bytesOf(event)), '1024x1024'));
  const { usage } = events.at(-1);
  assert.equal(usage.total_tokens, usage.input_tokens + usage.output_tokens);
});

const upload = () => toFile(Buffer.alloc(300_000, 1), 'in.png', { type: 'image/png' });

test('an edit answers like a generation, and bills the picture that went in', async () => {
  const edit = { model: 'gpt-image-1', prompt, image: [await upload(), await upload()] };
  const answer = await openai().images.edit(edit);
  assert.equal(decodedSize(bytesOf(answer.data[0])), '1024x1024');
  assert.ok(answer.usage.input_tokens_details.image_tokens > 0);
  const stream = await openai().images.edit({ ...edit, stream: true, partial_images: 1 });
  const types = [];
  for await (const { type } of stream) types.push(type);
  assert.deepEqual(types, ['image_edit.partial_image', 'image_edit.completed']);
});

test('dall-e-2 edits and varies a picture', async () => {
  const size = '512x512';
  const request = { model: 'dall-e-2', image: await upload(), size, n: 2 };
  for (const answer of [await openai().images.edit({ ...request, prompt }),
                        await openai().images.createVariation(request)]) {
    assert.equal(answer.data.length, 2);
    assert.equal((await fetch(answer.data[1].url)).status, 200);
  }
});

test('edits without a picture, of dall-e-3, and streams of dall-e are refused', async () => {
  const image = await upload();
  for (const call of [() => openai().images.edit({ model: 'gpt-image-1', prompt }),
                      () => openai().images.edit({ model: 'dall-e-3', prompt, image }),
                      () => openai().images.generate({ model: 'dall-e-3', prompt, stream: true }),
                      () => openai().images.generate({ ...gpt, output_format: 'gif' }),
                      () => openai().images.generate({ ...gpt, background: 'transparent',
                                                       output_format: 'jpeg' })]) {
    await assert.rejects(call, OpenAI.BadRequestError);
  }
});
