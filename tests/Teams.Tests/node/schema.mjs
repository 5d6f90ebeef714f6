// Checks JSON documents (one a line on stdin) against the official schema named by argument 2; its text may be of draft 4, 6 or 7.
import { readFileSync } from 'node:fs';
import Ajv04 from 'ajv-draft-04';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

const schema = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const draft = schema.$schema ?? '';
const Kind = draft.includes('draft-04') ? Ajv04.default ?? Ajv04 : Ajv.default ?? Ajv;
if (draft.includes('draft-06')) {
  // Ajv knows drafts 4 and 7; of draft 6 this schema uses nothing else.
  delete schema.$schema;
  delete schema.id;
}
const ajv = new Kind({ strict: false, allErrors: false, discriminator: false });
(addFormats.default ?? addFormats)(ajv);
const validate = ajv.compile(schema);
const lines = readFileSync(0, 'utf8').split('\n').filter((line) => line.length > 0);
const wrong = [];
for (const line of lines) {
  if (!validate(JSON.parse(line))) wrong.push({ errors: ajv.errorsText(validate.errors).slice(0, 500), start: line.slice(0, 200) });
}
process.stdout.write(`${JSON.stringify({ checked: lines.length, wrong: wrong.slice(0, 3) })}\n`);
