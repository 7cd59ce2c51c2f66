/** Takes the instance lock of a directory, says so, and holds it until it is killed: `node hold-lock.ts <dir>`. */
import { acquireInstanceLock } from '../instance-lock.ts';

const lock = await acquireInstanceLock(process.argv[2] ?? '');
process.stdout.write('heldBy' in lock ? 'refused\n' : 'held\n');
setInterval(() => {}, 60_000);
