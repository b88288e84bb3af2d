import type { Binding } from './keymap.ts';

/** The keys of a recording's time. */
export const timeBindings: readonly Binding[] = [
  { keys: ['space'], command: 'freeze', label: 'pause the recording, and play on', scopes: ['replay'], hint: 'pause' },
  { keys: ['.'], command: 'sampleOn', label: 'a sample on, and pause', scopes: ['replay'], hint: 'next' },
  { keys: [','], command: 'sampleBack', label: 'a sample back, and pause', scopes: ['replay'], hint: 'before' },
  { keys: ['>'], command: 'minuteOn', label: 'a minute on', scopes: ['replay'], hint: '1m on' },
  { keys: ['<'], command: 'minuteBack', label: 'a minute back', scopes: ['replay'], hint: '1m back' },
  { keys: ['}'], command: 'playFaster', label: 'play faster', scopes: ['replay'], hint: 'faster' },
  { keys: ['{'], command: 'playSlower', label: 'play slower', scopes: ['replay'] },
  { keys: ['^'], command: 'recordingStart', label: 'to the start of the recording', scopes: ['replay'] },
  { keys: ['$'], command: 'recordingEnd', label: 'to the end of the recording', scopes: ['replay'] },
];
