// Parses cards (one a line on stdin) by the official renderer's library; prints its complaints.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AC = createRequire(import.meta.url)('adaptivecards/dist/adaptivecards.js');
const complaints = [];
const lines = readFileSync(0, 'utf8').split('\n').filter((line) => line.length > 0);
for (const line of lines) {
  const context = new AC.SerializationContext();
  const card = new AC.AdaptiveCard();
  card.parse(JSON.parse(line), context);
  for (let index = 0; index < context.eventCount; index += 1) complaints.push(context.getEventAt(index).message);
  for (const failure of card.validateProperties().validationEvents) complaints.push(failure.message);
}
process.stdout.write(`${JSON.stringify({ checked: lines.length, complaints: [...new Set(complaints)].slice(0, 10) })}\n`);
