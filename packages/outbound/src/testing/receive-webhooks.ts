import { type ReceiverFault, startWebhookReceiver } from './webhook-receiver.ts';

/**
 * `node packages/outbound/src/testing/receive-webhooks.ts [port] [fault as JSON]`: takes webhooks at every path and prints
 * each as a line of JSON. A fault, as in `{"kind":"status","status":500}`, holds for the path /.
 */
const [port = '8080', fault] = process.argv.slice(2);
const receiver = await startWebhookReceiver({ port: Number(port) });
if (fault !== undefined) receiver.setFault('/', JSON.parse(fault) as ReceiverFault);
process.stderr.write(`taking webhooks at ${receiver.url}\n`);
let printed = 0;
setInterval(() => {
  for (; printed < receiver.received.length; printed++)
    process.stdout.write(`${JSON.stringify(receiver.received[printed])}\n`);
}, 50);
