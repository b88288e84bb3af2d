import { keyName } from './key-name.ts';
import { type Binding, keyTable, type Scope } from './keymap.ts';

const SECTIONS: readonly { readonly scope: Scope; readonly title: string }[] = [
  { scope: 'any', title: 'Everywhere' },
  { scope: 'list', title: 'In the list' },
  { scope: 'container', title: 'In a container' },
  { scope: 'replay', title: 'In a recording' },
  { scope: 'menu', title: 'In a menu' },
  { scope: 'question', title: 'In a question' },
  { scope: 'help', title: 'In the help' },
  { scope: 'versions', title: 'Among the versions of a path' },
  { scope: 'typing', title: 'While typing (filter, search, palette)' },
];

/** docs/keys.md, from the key table. */
export function keysDocument(): string {
  const sections = SECTIONS.map(({ scope, title }) => {
    const lines = keyTable.filter(({ scopes }) => scopes.includes(scope)).map(keyLine);
    return `## ${title}\n\n| keys | what |\n|---|---|\n${lines.join('\n')}\n`;
  });
  return `# Keys of the dashboard\n\nA key means one thing everywhere. The digits of tabs keep their numbers also while a tab does not exist.\n\n${sections.join('\n')}`;
}

function keyLine({ keys, label }: Binding): string {
  const names = keys.map((key) => `\`${keyName(key)}\``).join(' ');
  return `| ${names.replaceAll('|', '\\|')} | ${label} |`;
}
