import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePublished, withChosen } from '../../../src/runtime/network/published.ts';
import { WrongValue } from '../../../src/runtime/wrong-value.ts';

const shown = (...texts: readonly string[]) =>
  parsePublished(texts).map(
    ({ hostAddress, hostPort, containerPort, protocol }) => `${hostAddress} ${hostPort} ${containerPort} ${protocol}`,
  );

describe('what -p says', () => {
  test.each([
    ['80', ['127.0.0.1 0 80 tcp']],
    ['4000:80', ['127.0.0.1 4000 80 tcp']],
    ['4000:80/tcp', ['127.0.0.1 4000 80 tcp']],
    ['0:80', ['127.0.0.1 0 80 tcp']],
    [':80', ['127.0.0.1 0 80 tcp']],
    ['0.0.0.0:4000:80', ['0.0.0.0 4000 80 tcp']],
    ['127.0.0.1::80', ['127.0.0.1 0 80 tcp']],
    ['[::1]:4000:80', ['::1 4000 80 tcp']],
    ['[::]::80', [':: 0 80 tcp']],
    ['8000-8002:80-82', ['127.0.0.1 8000 80 tcp', '127.0.0.1 8001 81 tcp', '127.0.0.1 8002 82 tcp']],
    ['80-81', ['127.0.0.1 0 80 tcp', '127.0.0.1 0 81 tcp']],
    ['65535:1', ['127.0.0.1 65535 1 tcp']],
  ])('%s', (text, expected) => {
    expect(shown(text)).toEqual(expected);
  });

  test.each([
    ['53:53/udp', 'only tcp can be published, not udp'],
    ['80/', 'only tcp can be published, not an empty protocol'],
    ['', "'' is no port or range within 1 and 65535"],
    ['http', "'http' is no port or range within 1 and 65535"],
    ['4000:0', "'0' is no port or range within 1 and 65535"],
    ['65536:80', "'65536' is no port or range within 0 and 65535"],
    ['4000:80:', "'4000' is no IP address"],
    ['localhost:4000:80', "'localhost' is no IP address"],
    ['[fe80::1%eth0]:4000:80', "'fe80::1%eth0' is no IP address"],
    ['::1:4000:80', 'it is not [ADDRESS:][HOST:]CONTAINER[/tcp] such as 4000:80'],
    ['1:2:3:4', 'it is not [ADDRESS:][HOST:]CONTAINER[/tcp] such as 4000:80'],
    ['8002-8000:80-82', "'8002-8000' is no port or range within 0 and 65535"],
    ['8000-8001:80', '8000-8001 and 80 are not equally many ports'],
    ['-1:80', "'-1' is no port or range within 0 and 65535"],
  ])('refuses %s', (text, why) => {
    expect(() => parsePublished([text])).toThrow(new WrongValue(`--publish ${text}`, why));
  });

  test('refuses a port twice, not two addresses or two free ports', () => {
    expect(() => parsePublished(['4000-4002:1-3', '4001:80'])).toThrow('127.0.0.1:4001 is asked for twice');
    expect(shown('80', '80', '4000:80', '0.0.0.0:4000:80')).toHaveLength(4);
  });

  test('answers any text with ports or with the reason', () => {
    const part = fc.oneof(fc.nat(70_000).map(String), fc.constantFrom('', '-', '[', ']', '::', '.', '/tcp', '\n'));
    const text = fc.oneof(
      fc.string(),
      fc.array(part).map((parts) => parts.join(':')),
    );
    fc.assert(
      fc.property(text, (value) => {
        try {
          for (const port of parsePublished([value])) {
            expect(port.containerPort).toBeGreaterThan(0);
            expect(Math.max(port.containerPort, port.hostPort)).toBeLessThanOrEqual(65_535);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(WrongValue);
        }
      }),
    );
  });
});

test('ports that the kernel chose are those asked for without one, in their order', () => {
  const asked = parsePublished(['80', '4000:80', '80', '[::1]::80']);
  const listening = ['127.0.0.1:40001', '127.0.0.1:40002', '[::1]:40003'];
  const chosen = listening.reduce((ports, text) => {
    const address = text.startsWith('[') ? '::1' : '127.0.0.1';
    return withChosen(ports, { address, containerPort: 80 }, text);
  }, asked);
  expect(chosen.map(({ hostPort }) => hostPort)).toEqual([40001, 4000, 40002, 40003]);
});
