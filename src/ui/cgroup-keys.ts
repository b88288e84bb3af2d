import { cgroupOnly, chartsOnly } from './key-reasons.ts';
import type { Binding } from './keymap.ts';

/** The keys of figures and charts. */
export const cgroupBindings: readonly Binding[] = [
  {
    keys: ['f'],
    command: 'file',
    label: 'the file behind the selected figure, as the kernel has it',
    scopes: ['container'],
    hint: 'file',
    disabledReason: cgroupOnly,
  },
  {
    keys: ['A'],
    command: 'chain',
    label: 'all groups above that limit it too, with what they allow and use',
    scopes: ['container'],
    hint: 'above',
    disabledReason: cgroupOnly,
  },
  {
    keys: ['z'],
    command: 'zoom',
    label: 'charts of one minute, of 3, or of up to 10',
    scopes: ['container'],
    hint: 'zoom',
    disabledReason: chartsOnly,
  },
];
