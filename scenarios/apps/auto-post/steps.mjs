// The steps of the pipeline, each timed under its name. Order and overlap are the caller's.
import { descriptionMessages, imagePromptMessages, titleMessages } from './prompts.mjs';

const imageSize = '1792x1024';
const longestImagePrompt = 4000;  // characters that DALL-E 3 takes
const longestTitle = 100;         // the column in table posts
const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export class Steps {
  #openai;
  #backend;
  #timings;
  #signal;

  constructor(openai, backend, timings, signal) {
    this.#openai = openai;
    this.#backend = backend;
    this.#timings = timings;
    this.#signal = signal;
  }

  loadAgentContext(agent) {
    return this.#timings.measure('context', () => this.#backend.findProfile(agent));
  }

  async writeImagePrompt(topic, context) {
    const text = await this.#chat('image_prompt', {
      model: 'gpt-4o', messages: imagePromptMessages(topic, context),
      max_tokens: 1000, temperature: 0.8 });
    return text.slice(0, longestImagePrompt);
  }

  async writeTitle(topic, context) {
    const text = await this.#chat('title', {
      model: 'gpt-4o-mini', messages: titleMessages(topic, context),
      max_tokens: 60, temperature: 0.7 });
    return text.replace(/^["'\s]+|["'\s]+$/g, '').slice(0, longestTitle);
  }

  writeDescription(topic, context) {
    return this.#chat('description', {
      model: 'gpt-4o', messages: descriptionMessages(topic, context),
      max_tokens: 1000, temperature: 0.7 });
  }

  drawImage(prompt) {
    return this.#timings.measure('image', async () => {
      const answer = await this.#openai.images.generate({
        model: 'dall-e-3', prompt, n: 1, size: imageSize, quality: 'standard',
        response_format: 'b64_json' }, { signal: this.#signal });
      const image = Buffer.from(answer.data?.[0]?.b64_json ?? '', 'base64');
      if (!image.subarray(0, 8).equals(pngSignature)) {
        throw new Error(`the answer holds no PNG image (${image.length} bytes)`);
      }
      return image;
    });
  }

  uploadImage(image) {
    return this.#timings.measure('upload', () => this.#backend.upload(image, 'image/png'));
  }

  createPost({ topic, agent, title, description, imageUrl }) {
    return this.#timings.measure('create_post', () => this.#backend.insertPost(
      { topic, agent, title, description, image_url: imageUrl }));
  }

  #chat(name, request) {
    return this.#timings.measure(name, async () => {
      const answer = await this.#openai.chat.completions.create(request, { signal: this.#signal });
      const text = answer.choices?.[0]?.message?.content?.trim();
      if (!text) throw new Error('the model answered nothing');
      return text;
    });
  }
}
