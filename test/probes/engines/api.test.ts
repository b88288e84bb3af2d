import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { changedContainer } from '../../../src/probes/engines/api-client.ts';
import { inspectedFacts, listedFacts } from '../../../src/probes/engines/api-facts.ts';
import { inspectAnswer, listAnswer } from '../../../src/probes/engines/api-schema.ts';
import { portsOf, restartPolicyOf, statusOf, timeOf } from '../../../src/probes/engines/facts.ts';
import { capturedJson, PODMAN_ID } from './fixture.ts';

describe('answers of the Engine API', () => {
  it('Podman’s list holds what its inspection holds', () => {
    const inspected = inspectedFacts('podman', inspectAnswer.parse(capturedJson('podman-inspect.json')));
    const [listed, never] = listAnswer.parse(capturedJson('podman-list.json'));
    expect(listed && listedFacts('podman', listed)).toEqual({
      ...inspected,
      startedAt: null,
      restartPolicy: null,
      privileged: null,
    });
    expect(inspected).toMatchObject({ id: PODMAN_ID, startedAt: '2026-11-25T18:04:06.04932848Z' });
    expect(never && listedFacts('podman', never)).toMatchObject({ name: 'eng-never', status: 'created' });
  });

  it('are refused or understood, whatever they are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (any) => {
        const list = listAnswer.safeParse(any);
        if (list.success) for (const container of list.data) listedFacts('docker', container);
        expect(inspectAnswer.safeParse(any).success).toBe(false);
      }),
    );
  });
});

describe('an event', () => {
  it.each([
    ['{"Type":"container","Action":"start","Actor":{"ID":"a"}}', 'a'],
    ['{"status":"die","id":"a"}', 'a'],
    ['{"Type":"container","Action":"exec_create: sh","Actor":{"ID":"a"}}', null],
    ['{"Type":"container","Action":"health_status: healthy","Actor":{"ID":"a"}}', null],
    ['{"Type":"image","Action":"create","Actor":{"ID":"a"}}', null],
    ['{"Type":"container","Action":"start"}', null],
    ['', null],
    ['not JSON', null],
  ])('%s', (line, id) => {
    expect(changedContainer(line)).toBe(id);
  });

  it('may be any text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => changedContainer(line) === null));
  });
});

describe('words of the engines', () => {
  it.each([
    [{ '80/tcp': [{ HostIp: '', HostPort: '8080' }] }, [{ host: '0.0.0.0:8080', container: 80, protocol: 'tcp' }]],
    [{ '80/tcp': [{ HostIp: '::1', HostPort: '8080' }] }, [{ host: '[::1]:8080', container: 80, protocol: 'tcp' }]],
    [{ '80/tcp': [{ HostIp: '1.2.3.4', HostPort: '' }] }, [{ host: null, container: 80, protocol: 'tcp' }]],
    [{ '80/sctp': null }, [{ host: null, container: 80, protocol: 'sctp' }]],
    [{ '80': null, 'x/tcp': null, '80/tcp/1': null }, []],
    [null, []],
  ])('ports %j', (Ports, ports) => {
    expect(portsOf({ Ports })).toEqual(ports);
  });

  it.each([
    [{ Name: '' }, 'no'],
    [{ Name: 'on-failure', MaximumRetryCount: 0 }, 'on-failure'],
    [{ Name: 'on-failure', MaximumRetryCount: 5 }, 'on-failure:5'],
    [{ Name: 'unless-stopped', MaximumRetryCount: 0 }, 'unless-stopped'],
    [undefined, 'no'],
  ])('restart policy %j is %s', (RestartPolicy, policy) => {
    expect(restartPolicyOf({ RestartPolicy })).toBe(policy);
  });

  it('a time is one that the JSON contract takes, or unknown', () => {
    const schema = z.iso.datetime({ offset: true });
    expect(timeOf('2026-11-25T18:04:06.04932848Z')).toBe('2026-11-25T18:04:06.04932848Z');
    expect(timeOf('2026-02-28T23:59:59+02:00')).toBe('2026-02-28T23:59:59+02:00');
    for (const none of ['0001-01-01T00:00:00Z', '2026-02-30T00:00:00Z', 'Tue, 1 Jan 2026', '2026-01-01', '', null]) {
      expect(timeOf(none)).toBeNull();
    }
    const digits = fc.stringMatching(
      /^20[0-9]{2}-[0-3][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|[+-][0-2][0-9]:[0-6][0-9])$/,
    );
    fc.assert(
      fc.property(fc.oneof(digits, fc.string()), (text) => {
        const time = timeOf(text);
        expect(time === null || schema.safeParse(time).success).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('a state nobody has today is unknown', () => {
    expect([statusOf('running'), statusOf('configured'), statusOf('constructor'), statusOf(null)]).toEqual([
      'running',
      'created',
      null,
      null,
    ]);
  });
});
