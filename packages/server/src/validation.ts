import type { z } from 'zod';
import { AppError, type ErrorCode } from './errors.ts';

/** Checks what came from a peer. @throws AppError with `code`, naming every place that does not match */
export function validate<T extends z.ZodType>(
  schema: T,
  value: unknown,
  code: ErrorCode = 'validation_failed',
): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  const detail = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  throw new AppError(code, detail, { errors });
}
