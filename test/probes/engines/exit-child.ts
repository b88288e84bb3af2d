import { openEngines } from '../../../src/probes/engines/engines.ts';
import { openHost } from '../../../src/probes/open-host.ts';

/** Asks and follows the socket of its argument, says so, closes, and has nothing left to do: it must end by itself. */
const engines = openEngines(
  openHost({}, { native: false }),
  { kind: 'sockets', sockets: [{ engine: 'docker', path: process.argv[2] ?? '' }] },
  { env: {} },
);
const stop = engines.follow(() => {});
await engines.refresh(200);
if (process.argv[3] === 'stop') stop();
if (process.argv[3] === 'close') engines.close();
process.stdout.write(engines.reports()[0]?.status ?? 'nothing');
