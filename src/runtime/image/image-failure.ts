/** What keeps an image from being used: one line for people, and the remedy. */
export class ImageFailure extends Error {
  readonly what: string;
  readonly why: string;
  readonly remedy: string | null;

  constructor(image: string, why: string, remedy: string | null) {
    super(`${image}: ${why}`);
    this.name = 'ImageFailure';
    this.what = image;
    this.why = why;
    this.remedy = remedy;
  }
}
