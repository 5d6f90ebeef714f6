// Checks the manifest (argument 1) against the official schema (argument 2).
import { readFileSync } from 'node:fs';
import Ajv04 from 'ajv-draft-04';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

const schema = JSON.parse(readFileSync(process.argv[3], 'utf8'));
const Kind = (schema.$schema ?? '').includes('draft-04') ? Ajv04.default ?? Ajv04 : Ajv.default ?? Ajv;
const ajv = new Kind({ strict: false, allErrors: true });
(addFormats.default ?? addFormats)(ajv);
const valid = ajv.compile(schema)(JSON.parse(readFileSync(process.argv[2], 'utf8')));
process.stdout.write(`${JSON.stringify({ valid, errors: valid ? [] : ajv.errors })}\n`);
