const { Segmenter: NativeSegmenter } = Intl;

/**
 * Stands for Intl.Segmenter in the bundle: dependencies make theirs when they are loaded, which reads ICU's tables (5 ms
 * of every start), and most commands never meet text that needs it.
 */
export class LazySegmenter {
  readonly #make: () => Intl.Segmenter;
  #made: Intl.Segmenter | null = null;

  constructor(...args: ConstructorParameters<typeof Intl.Segmenter>) {
    this.#make = () => new NativeSegmenter(...args);
  }

  segment(text: string): Intl.Segments {
    this.#made ??= this.#make();
    return this.#made.segment(text);
  }
}
