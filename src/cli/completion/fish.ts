import type { CompletionCommand, CompletionFlag, CompletionTree } from './command-tree.ts';

/** Completion for fish, to be put into its `completions` directory as `nsview.fish`. */
export function fishCompletion({ globals, commands }: CompletionTree): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `# fish completion for nsview

function __nsview_refs
    nsview ps 2>/dev/null </dev/null | awk 'NR > 1 { for (i = 1; i <= 2; i++) if ($i ~ /^[A-Za-z0-9][A-Za-z0-9_.:@-]*$/) print $i }'
end

set -l verbs ${names}
complete -c nsview -f
${commands
  .map(
    ({ name, description }) =>
      `complete -c nsview -n "not __fish_seen_subcommand_from $verbs" -a ${name}${told(description)}\n`,
  )
  .join('')}${globals.map((flag) => flagLine(flag, null)).join('')}${commands.map(commandLines).join('')}`;
}

function operandLine(argument: CompletionCommand['argument'], condition: string): string {
  switch (argument.kind) {
    case 'ref':
      return `complete -c nsview ${condition} -a "(__nsview_refs)"\n`;
    case 'file':
      return `complete -c nsview ${condition} -F\n`;
    case 'words':
      return `complete -c nsview ${condition} -a "${argument.words.join(' ')}"\n`;
    case 'none':
      return '';
  }
}

function commandLines({ name, flags, argument }: CompletionCommand): string {
  const condition = `-n "__fish_seen_subcommand_from ${name}"`;
  return operandLine(argument, condition) + flags.map((flag) => flagLine(flag, condition)).join('');
}

function flagLine({ names, description, value }: CompletionFlag, condition: string | null): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const parts = [...(condition === null ? [] : [condition]), ...flags, ...valueParts(value)];
  return `complete -c nsview ${parts.join(' ')}${told(description)}\n`;
}

function valueParts(value: CompletionFlag['value']): readonly string[] {
  switch (value?.kind) {
    case undefined:
      return [];
    case 'dir':
      return ['-x', '-a "(__fish_complete_directories)"'];
    case 'words':
      return ['-x', `-a "${value.words.join(' ')}"`];
    case 'any':
      return ['-x'];
  }
}

function told(description: string): string {
  return ` -d '${description.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
