import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
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
