// Checks an AsyncAPI file by AsyncAPI's own parser, and each message on standard input (one a line) by the schema of its type in it.
// Usage: node asyncapi.js FILE. Says what is wrong, a line each.
import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import Ajv from 'ajv';
import formats from 'ajv-formats';
import { load } from 'js-yaml';

const text = readFileSync(process.argv[2], 'utf8');
// The newest version of AsyncAPI is a hint that nobody asked for here.
const hints = ['asyncapi-latest-version'];
for (const found of await new Parser().validate(text)) {
  if (!hints.includes(found.code)) console.log(`${found.path.join('.')}: ${found.message}`);
}

const { schemas, messages } = load(text).components;
const ajv = formats(new Ajv({ strict: false, allErrors: true }));
ajv.addSchema({ $id: 'file', components: { schemas } });
const nameOf = message => message.payload.$ref.split('/').pop();
const byType = Object.fromEntries(Object.values(messages).map(message => [message.name, nameOf(message)]));

function check(event, where) {
  const name = byType[event.type];
  if (!name) return console.log(`${where}: the type ${event.type} is not described`);
  const valid = ajv.getSchema(`file#/components/schemas/${name}`);
  if (!valid(event)) valid.errors.forEach(error => console.log(`${where}: ${error.instancePath} ${error.message}`));
  undescribed(event, [schemas[name]], where, '');
}

// A consumer passes over what it does not know, so the schemas allow it; the file must name every member all the same.
function undescribed(value, shapes, where, path) {
  const flat = shapes.flatMap(flatten);
  if (Array.isArray(value)) {
    value.forEach(item => undescribed(item, flat.map(shape => shape.items).filter(Boolean), where, `${path}[]`));
  } else if (value && typeof value === 'object') {
    for (const [member, inner] of Object.entries(value)) {
      const described = flat.map(shape => shape.properties?.[member]).filter(Boolean);
      if (described.length === 0) console.log(`${where}: ${path}/${member} is not described in ${process.argv[2]}`);
      else undescribed(inner, described, where, `${path}/${member}`);
    }
  }
}

function flatten(shape) {
  const own = shape.$ref ? flatten(schemas[shape.$ref.split('/').pop()]) : [shape];
  return [...own, ...[...(shape.allOf ?? []), ...(shape.oneOf ?? []), ...(shape.anyOf ?? [])].flatMap(flatten)];
}

const lines = readFileSync(0, 'utf8').split('\n').filter(line => line.trim());
lines.forEach((line, index) => check(JSON.parse(line), `message ${index + 1}`));
for (const message of Object.values(messages)) {
  message.examples?.forEach(example => check(example.payload, `example ${example.name}`));
}
