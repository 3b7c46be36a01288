// How long sparkplug-payload takes to read one payload, in nanoseconds. Arguments as of decoding.py: a format and a payload in hex.
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.BEKET_PEERS}/package.json`);
const { decodePayload } = require('sparkplug-payload').get('spBv1.0');

const [format, text] = process.argv.slice(2);
const payload = Buffer.from(text, 'hex');
const ROUNDS = 20_000;
let best = Infinity;
for (let run = 0; run < 5; run++) {
  const began = process.hrtime.bigint();
  for (let round = 0; round < ROUNDS; round++) {
    if (decodePayload(payload).metrics.length === 0) throw new Error('no metric was read');
  }
  best = Math.min(best, Number(process.hrtime.bigint() - began) / ROUNDS);
}
console.log(format, 'sparkplug-payload', Math.round(best));
