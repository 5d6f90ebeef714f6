// Slack's markup as an independent parser reads it: for each text of standard input (a JSON list) the kinds of nodes that are more than text.
import { parse, NodeType } from 'slack-message-parser';
import { readFileSync } from 'node:fs';

const names = Object.fromEntries(Object.entries(NodeType).filter(([, v]) => typeof v === 'number').map(([k, v]) => [v, k]));
const kinds = (node, found) => {
  const name = names[node.type] ?? String(node.type);
  if (['UserLink', 'ChannelLink', 'URL', 'Command'].includes(name)) found.push(name);
  for (const child of node.children ?? []) kinds(child, found);
  return found;
};
const texts = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(`${JSON.stringify(texts.map((text) => kinds(parse(text), [])))}\n`);
