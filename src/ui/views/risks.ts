import type { Risk, Security } from '../../model/document/isolation.ts';
import type { Row, Tone } from '../rows.ts';
import { span } from '../rows.ts';
import { field, section, textField } from './fields.ts';

const TONES: { readonly [severity in Risk['severity']]: Tone } = { high: 'bad', medium: 'warn', low: 'dim' };

/** Each risk with its severity and its reason; nothing where none is known. */
export function riskRows(security: Security | null, width: number): readonly Row[] {
  if (security === null || security.risks.length === 0) {
    return [];
  }
  return [...section('Risks'), ...security.risks.flatMap((risk) => oneRisk(risk, width))];
}

function oneRisk({ severity, what, why }: Risk, width: number): readonly Row[] {
  const [first = [], ...rest] = textField('', what, width);
  return [
    [...field(severity).map(({ text }) => span(text, TONES[severity])), ...first.slice(1)],
    ...rest,
    ...textField('', why, width, 'dim'),
  ];
}
