import { jsonDocument } from '../output.ts';
import type { Verb } from '../verb.ts';

export const schema: Verb = {
  define(command, run) {
    command.action(() =>
      run.print(async ({ output }) => {
        const { schemaDocument } = await import('./schema-document.ts');
        output.write(jsonDocument(schemaDocument()));
      }),
    );
  },
};
