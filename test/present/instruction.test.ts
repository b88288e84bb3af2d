import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownInstruction } from '../../src/present/instruction.ts';

describe('the instruction of a layer', () => {
  // As the builders of Docker, BuildKit and Buildah write the history of an image.
  it.each([
    ['/bin/sh -c apt-get update && rm -rf /var/lib/apt', 'apt-get update && rm -rf /var/lib/apt'],
    ['/bin/sh -c #(nop)  CMD ["bash"]', 'CMD ["bash"]'],
    ['/bin/sh -c #(nop) ADD file:8b8864 in / ', 'ADD file:8b8864 in /'],
    ['RUN /bin/sh -c make -j2 # buildkit', 'RUN make -j2'],
    ['|1 V=2 /bin/sh -c make', 'make'],
    ['RUN |2 A=1 B=two words /bin/sh -c set -eux;\tmake # buildkit', 'RUN set -eux; make'],
    ['COPY . /app # buildkit', 'COPY . /app'],
    ['RUN pip install x', 'RUN pip install x'],
    ['/bin/sh -c', '/bin/sh -c'],
    ['echo /bin/sh -c x', 'echo /bin/sh -c x'],
    ['/bin/sh -c \u001b[31mred', '�[31mred'],
  ])('is shown without what the builder put before it: %j', (createdBy, shown) => {
    expect(shownInstruction(createdBy)).toBe(shown);
  });

  it('keeps every other text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,9}( [a-z]{1,9}){0,9}$/), (text) => {
        expect(shownInstruction(text)).toBe(text);
        expect(shownInstruction(`/bin/sh -c ${text}`)).toBe(text);
      }),
    );
  });
});
