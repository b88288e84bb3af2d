import type { Verb } from '../verb.ts';
import { bashCompletion } from './bash.ts';
import { type CompletionTree, completionTree } from './command-tree.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

/** The shells there are completions for, and the name under which each looks for them. */
export const shells = {
  bash: { file: 'nsview.bash', script: bashCompletion },
  zsh: { file: '_nsview', script: zshCompletion },
  fish: { file: 'nsview.fish', script: fishCompletion },
} as const satisfies { readonly [shell: string]: { file: string; script: (tree: CompletionTree) => string } };

type Shell = keyof typeof shells;

export const completion: Verb = {
  define(command, run) {
    const shell = command.createArgument('<shell>', 'which shell').choices(Object.keys(shells));
    command.addArgument(shell).action((name: Shell) =>
      run.print(({ output, program }) => {
        output.write(shells[name].script(completionTree(program())));
      }),
    );
  },
};
