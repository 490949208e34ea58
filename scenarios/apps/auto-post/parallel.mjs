#!/usr/bin/env node
// The same steps, each started as soon as what it reads exists. The image is most of the time: it
// waits for its own prompt only, and title and description are written meanwhile.
import { main } from './main.mjs';

await main(async (steps, job) => {
  const context = await steps.loadAgentContext(job.agent);
  const illustrate = async () => {
    const prompt = await steps.writeImagePrompt(job.topic, context);
    const image = await steps.drawImage(prompt);
    return { prompt, image, imageUrl: await steps.uploadImage(image) };
  };
  const [picture, title, description] = await Promise.all([
    illustrate(),
    steps.writeTitle(job.topic, context),
    steps.writeDescription(job.topic, context),
  ]);
  const id = await steps.createPost({ ...job, title, description, imageUrl: picture.imageUrl });
  return { id, title, description, ...picture };
});
