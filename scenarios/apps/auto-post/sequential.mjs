#!/usr/bin/env node
// One step after the other, as the pipeline was first written.
import { main } from './main.mjs';

await main(async (steps, job) => {
  const context = await steps.loadAgentContext(job.agent);
  const prompt = await steps.writeImagePrompt(job.topic, context);
  const title = await steps.writeTitle(job.topic, context);
  const description = await steps.writeDescription(job.topic, context);
  const image = await steps.drawImage(prompt);
  const imageUrl = await steps.uploadImage(image);
  const id = await steps.createPost({ ...job, title, description, imageUrl });
  return { id, title, description, prompt, image, imageUrl };
});
