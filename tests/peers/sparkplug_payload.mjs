// Reads births, in hex, as sparkplug-payload does. Prints each metric with its value.
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.BEKET_PEERS}/package.json`);
const { decodePayload } = require('sparkplug-payload').get('spBv1.0');

for (const text of process.argv.slice(2)) {
  const payload = decodePayload(Buffer.from(text, 'hex'));
  console.log('seq', Number(payload.seq));
  for (const { alias, name, value } of payload.metrics) console.log(`${alias ?? '-'} ${name} ${value}`);
}
