// Checks JSON from standard input against a schema. Usage: node schema.js jsonfeed|ninjs. Says what is wrong, a line each.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const require = createRequire(import.meta.url);
const options = { strict: false, allErrors: true };
const [ajv, schema] = process.argv[2] === 'ninjs'
  ? [new Ajv2020(options), JSON.parse(readFileSync(new URL('ninjs-3.1.json', import.meta.url)))]
  : [new Ajv(options), require('jsonfeed-schema/v1.1')];
addFormats(ajv);
// The shapes of places, of which nothing here has any.
ajv.addSchema({}, 'https://geojson.org/schema/GeoJSON.json');
delete schema.$schema;
const validate = ajv.compile(schema);
if (!validate(JSON.parse(readFileSync(0, 'utf8')))) for (const { instancePath, message, params } of validate.errors) console.log(`${instancePath} ${message} ${JSON.stringify(params)}`);
