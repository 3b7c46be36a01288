// An edge node of sparkplug-client with a scale and a camera. Arguments: the port of the broker, how the node is called.
//
// Prints what it hears; does what it is told on its standard input: `plate TEXT`, `weigh`, `skip` (a message is lost), `die`, `leave`.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(`${process.env.BEKET_PEERS}/package.json`);
const sparkplug = require('sparkplug-client');
const mqtt = require('mqtt');

const [port, name] = process.argv.slice(2);
const serverUrl = `mqtt://127.0.0.1:${port}`;
const now = () => Date.now();
const metric = (name, alias, type, value) => ({ timestamp: now(), name, alias, type, value });

const node = sparkplug.newClient({
  serverUrl, username: '', password: '', groupId: 'KZ', edgeNode: name, clientId: name, publishDeath: true,
});
const births = () => {
  node.publishNodeBirth({ timestamp: now(), metrics: [metric('Node Control/Rebirth', undefined, 'Boolean', false)] });
  node.publishDeviceBirth('SCALE', {
    timestamp: now(),
    metrics: [metric('Weight/Gross', 1, 'Double', 0), metric('Weight/Stable', 2, 'Boolean', true)],
  });
  node.publishDeviceBirth('CAMERA', { timestamp: now(), metrics: [metric('Plate', 3, 'String', 'OF THE BIRTH')] });
};
node.on('birth', births);
node.on('ncmd', (payload) => {
  for (const { name, value } of payload.metrics) console.log('NCMD', name, value);
  births();
});

// A client of its own: the node takes whatever comes for a payload, and falls over the JSON of a STATE.
const listener = mqtt.connect(serverUrl);
listener.subscribe('spBv1.0/STATE/beket', { qos: 1 });
listener.on('message', (_, state) => console.log('STATE', JSON.parse(state).online ? 'online' : 'offline'));

// The alias alone names the metric. The type is written as well: without it, the value is not.
const data = (device, said) => node.publishDeviceData(device, { timestamp: now(), metrics: [said] });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

for await (const line of createInterface({ input: process.stdin })) {
  const [order, text] = line.split(' ');
  if (order === 'plate') data('CAMERA', metric(undefined, 3, 'String', text));
  if (order === 'weigh') {
    for (let round = 0; round < 15; round += 1) {
      data('SCALE', metric(undefined, 1, 'Double', 38400));
      await pause(150);
    }
  }
  if (order === 'skip') node.incrementSeqNum();
  if (order === 'die') process.exit(1);
  if (order === 'leave') {
    node.stop();
    listener.end();
    break;
  }
}
