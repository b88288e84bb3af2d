import { describe, expect, it } from 'vitest';
import { runSource } from './run-source.ts';

describe('wrong usage', { timeout: 60_000 }, () => {
  it.each([
    [['pss'], "unknown command 'pss'", 'Did you mean ps?'],
    [['bogus'], "unknown command 'bogus'", "See 'nsview --help'."],
    [['ps', '--jsn'], "unknown option '--jsn'", 'Did you mean --json?'],
    [['--enginee', 'ps'], "unknown option '--enginee'", 'Did you mean --engine?'],
    [['ps', '--no-colour'], "unknown option '--no-colour'", 'Did you mean --no-color?'],
    [['ps', '--sort', 'colour'], "argument 'colour' is invalid", "See 'nsview ps --help'."],
    [['ps', '--filter', 'colour=red'], "argument 'colour=red' is invalid", "See 'nsview ps --help'."],
    [['ps', '-q', '--json'], 'cannot be used with', "See 'nsview ps --help'."],
    [['ps', 'extra'], 'too many arguments', "See 'nsview ps --help'."],
    [['inspect'], "missing required argument 'ref'", "See 'nsview inspect --help'."],
    [['stats', '--interval', '1ms'], 'time of 50ms to 24h', "See 'nsview stats --help'."],
    [['stats', '--count', '0'], 'whole number from 1', "See 'nsview stats --help'."],
    [['completion', 'csh'], 'Allowed choices are bash, zsh, fish', "See 'nsview completion --help'."],
    [['ps', '--proc'], 'argument missing', "See 'nsview"],
    [['--engine', 'rkt', 'ps'], '--engine takes auto, none, docker=SOCKET', "See 'nsview"],
    [['ps', '--engine', 'auto', '--engine', 'none'], 'cannot be combined', "See 'nsview"],
  ])('%j ends with 2, one line and a remedy', async (args, why, remedy) => {
    const { status, stdout, stderr } = await runSource(args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    const lines = stderr.split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^nsview: [^:]+: /);
    expect(lines[0]).toContain(why);
    expect(lines[1]).toContain(remedy);
  });

  it('obeys nothing that stands in a wrong flag', async () => {
    const { status, stderr } = await runSource(['ps', '--\x1b[31mred\n\u202e']);
    expect(status).toBe(2);
    expect(stderr).toContain("unknown option '--�[31mred��'");
  });
});

describe('help', { timeout: 60_000 }, () => {
  it.each([[['--help']], [['-h']], [['help']]])('%j lists every command', async (args) => {
    const { status, stdout, stderr } = await runSource(args);
    expect([status, stderr]).toEqual([0, '']);
    const verbs = [
      'ps',
      'inspect',
      'ns',
      'cgroup',
      'layers',
      'diff',
      'procfs',
      'top',
      'stats',
      'doctor',
      'schema',
      'completion',
    ];
    for (const verb of verbs) {
      expect(stdout).toMatch(new RegExp(`^  ${verb}\\b`, 'm'));
    }
  });

  it.each([[['ps', '--help']], [['help', 'ps']], [['--engine', 'none', 'ps', '-h']]])(
    '%j is about ps, with the global flags',
    async (args) => {
      const { status, stdout } = await runSource(args);
      expect(status).toBe(0);
      expect(stdout).toContain('Usage: nsview ps');
      expect(stdout).toContain('--no-trunc');
      expect(stdout).toContain('--proc <dir>');
    },
  );

  it('-V prints the version alone', async () => {
    expect(await runSource(['-V'])).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
  });
});
