import { describe, expect, it } from 'vitest';
import { failureText, requestFailed } from '../../src/cli/failure.ts';

describe('failureText', () => {
  it('is one line, and the remedy', () => {
    expect(failureText(requestFailed("container 'x'", 'no such container', "Run 'nsview ps -a'."), false)).toBe(
      "nsview: container 'x': no such container\nRun 'nsview ps -a'.\n",
    );
  });

  it('says what strangers wrote without obeying it', () => {
    expect(failureText(requestFailed('container \x1b[31m\nx', 'no such container'), false)).toBe(
      'nsview: container �[31m�x: no such container\n',
    );
  });

  it('shows the stack only to who asks', () => {
    const error = new Error('boom');
    expect(failureText(error, false)).toBe(
      'nsview: unexpected failure: boom\nRun it again with NSVIEW_DEBUG=1 to see where.\n',
    );
    expect(failureText(error, true)).toContain('failure.test.ts');
  });
});
