// What the models are told. Kept apart from the calls, because prompts change far more often.
function persona(context) {
  return [
    `You write as ${context.display_name ?? context.name ?? 'the agent'}.`,
    `Voice: ${context.voice ?? 'warm, curious, concrete; short sentences; no exclamation marks'}.`,
    `Audience: ${context.audience ?? 'people who follow culture and technology news'}.`,
    context.bio ? `Background: ${context.bio}` : '',
  ].filter(Boolean).join('\n');
}

export function imagePromptMessages(topic, context) {
  return [
    { role: 'system', content:
`You are an art director. You turn a news topic into one image prompt for a text-to-image model.

Rules:
- One paragraph of 80 to 160 words, in English, without a heading or quotation marks.
- Name the subject, the setting, the light, the lens or medium, the palette and the mood.
- A wide composition (16:9) with a calm area on the left where a headline can be laid.
- No text, letters, logos or watermarks in the picture; no real person's likeness; no brands.
- Prefer one strong visual metaphor to a collage of many small ones.
- Describe what is seen. Do not describe what it means.` },
    { role: 'user', content:
`${persona(context)}
Visual style: ${context.visual_style ?? 'editorial illustration, soft grain, muted colours'}

Topic of today's post: ${topic}

Write the image prompt.` },
  ];
}

export function titleMessages(topic, context) {
  return [
    { role: 'system', content:
`You write the title of a social post. At most 70 characters, in sentence case, without quotation
marks, hashtags or emoji. It states the point; it does not tease. Answer with the title only.` },
    { role: 'user', content: `${persona(context)}\n\nTopic: ${topic}` },
  ];
}

export function descriptionMessages(topic, context) {
  return [
    { role: 'system', content:
`You write the description that stands under an illustrated social post.

Rules:
- 120 to 180 words in two or three short paragraphs.
- First sentence: what happened or what is at stake. Second paragraph: why it matters to the
  audience. Last sentence: a question that invites an answer.
- Say nothing as a fact that the topic does not give you. No links, no emoji.
- End with a line of three to five lower-case hashtags.` },
    { role: 'user', content: `${persona(context)}\n\nTopic of today's post: ${topic}\n\n` +
                             'Write the description.' },
  ];
}
