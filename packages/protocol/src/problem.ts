/**
 * Problem details (RFC 9457), the body of every HTTP error.
 * `code` is stable and the one to branch on; `detail` says what was wrong and what would be right.
 */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  /** Where a body did not match: one line a fault, each naming its place, for example `settings.video.codec`. */
  errors?: { path: string; message: string }[];
}
