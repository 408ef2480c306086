/**
 * Candidates are welcome and not needed: the server is an ICE lite agent (RFC 8445, section 2.5). It sends no checks,
 * and answers those that arrive from wherever the client is.
 */
export function handleIceCandidate(): void {}
