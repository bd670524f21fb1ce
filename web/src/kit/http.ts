// How the front asks: one header of our own on whatever changes something, one shape of failure.

/** Why an answer is none. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly facts: Record<string, string> = {},
    /** Number to quote. */
    readonly request: string | null = null,
  ) {
    super(message);
  }
}

type Body = { code?: string; message?: string; facts?: Record<string, string>; request?: string };

const OFFLINE = 'Le réseau ne répond pas. Rien n’est perdu : vérifiez la connexion, puis réessayez.';
const UNREADABLE = 'La réponse du service n’est pas lisible. Réessayez dans un instant.';

/** What to do when the session of the person has ended. */
let signedOut: () => void = () => {};

/** Says what to do when the session of the person has ended. */
export function whenSignedOut(act: () => void): void {
  signedOut = act;
}

/** What to do when something asks for a second factor that was not shown yet. */
let factorNeeded: () => void = () => {};

/** Says what to do when something asks for a second factor. */
export function whenFactorNeeded(act: () => void): void {
  factorNeeded = act;
}

/** A failure that sends the person elsewhere first: to the door, or to his second factor. Every failure passes here. */
export function heard(failed: Failure): Failure {
  if (failed.code === 'signed_out') signedOut();
  if (failed.code === 'second_factor_needed') factorNeeded();
  return failed;
}

/** Turns a body that says no into a failure. */
export function failure(status: number, body: Body): Failure {
  return new Failure(status, body.code ?? 'unavailable', body.message ?? UNREADABLE, body.facts, body.request ?? null);
}

async function answer<T>(response: Response): Promise<T> {
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    throw failure(response.status, {});
  }
  if (response.ok) return body as T;
  throw heard(failure(response.status, body as Body));
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init });
  } catch {
    throw new Failure(0, 'offline', OFFLINE);
  }
  return answer(response);
}

/** Reads. */
export function get<T>(path: string): Promise<T> {
  return send(path, {});
}

/** What our own header says of a page that looks again by itself: that is no use of the person's session. */
export const BY_ITSELF = 'look';
let own = '1';

/** Begins something that nobody asked for: what it sends says so. */
export function byItself(act: () => void): void {
  own = BY_ITSELF;
  try {
    act();
  } finally {
    own = '1';
  }
}

/** Sends JSON. */
export function post<T>(path: string, body: unknown): Promise<T> {
  return send(path, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Delos': own }, body: JSON.stringify(body) });
}

/** Sends files; `told` is given the share sent, 0 to 1. */
export function upload<T>(path: string, form: FormData, told: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.setRequestHeader('X-Delos', '1');
    request.responseType = 'text';
    request.upload.onprogress = (event) => told(event.lengthComputable ? event.loaded / event.total : 0);
    request.onerror = () => reject(new Failure(0, 'offline', OFFLINE));
    request.onload = () => {
      try {
        const body: unknown = JSON.parse(request.responseText);
        if (request.status < 300) return resolve(body as T);
        reject(heard(failure(request.status, body as Body)));
      } catch {
        reject(failure(request.status, {}));
      }
    };
    request.send(form);
  });
}
