import type { DoctorCheck } from '../../model/document/outputs.ts';
import { printable } from '../../present/printable.ts';
import { jsonDocument, type Output } from '../output.ts';
import type { Verb } from '../verb.ts';
import { doctorChecks } from './doctor-checks.ts';
import { readHostOffers } from './doctor-facts.ts';

export const doctor: Verb = {
  define(command, run) {
    command.option('--json', 'print JSON').action((options: { json?: boolean }) =>
      run.look(async ({ session, output }) => {
        const { engines, host } = await session.look({ askEngines: true });
        const checks = doctorChecks({
          ...readHostOffers(session.host),
          notices: host.notices,
          engines,
          terminal: output,
        });
        output.write(options.json === true ? jsonDocument({ schema: 'nsview/1', checks }) : doctorText(checks, output));
      }),
    );
  },
};

/** One line per check, and the remedy below what is not as it should be. */
function doctorText(checks: readonly DoctorCheck[], output: Pick<Output, 'emphasise'>): string {
  return checks
    .map(({ ok, what, remedy }) => {
      const mark =
        ok === true
          ? output.emphasise('green', 'ok  ')
          : ok === false
            ? output.emphasise('red', 'no  ')
            : output.emphasise('dim', '–   ');
      const line = `${mark} ${printable(what)}\n`;
      return remedy === null ? line : `${line}       ${printable(remedy)}\n`;
    })
    .join('');
}
