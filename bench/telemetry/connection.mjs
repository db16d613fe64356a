// One connection over which searches are sent, with as little work for each as can be: the client must not be what is
// measured.
import { connect } from 'node:net';

/** The bytes of a search. */
export function searchRequest(collection, vector) {
  const body = JSON.stringify({ query: vector, limit: 10 });
  return Buffer.from(`POST /collections/${collection}/points/query HTTP/1.1\r\nHost: localhost\r\n`
    + `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
}

export class Connection {
  #socket;
  #answer = '';
  #resolve = null;

  constructor(url) {
    const { hostname, port } = new URL(url);
    this.#socket = connect({ host: hostname, port, noDelay: true })
      .on('data', (part) => this.#read(part))
      .on('close', () => { throw new Error(`${url} closed a connection`); });
  }

  /** Sends a request, and waits until its answer is whole. One at a time. */
  send(request) {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#socket.write(request);
    });
  }

  #read(part) {
    this.#answer += part.latin1Slice();
    const head = this.#answer.indexOf('\r\n\r\n');
    if (head < 0) return;
    if (!this.#answer.startsWith('HTTP/1.1 200 ')) throw new Error(this.#answer);
    const length = /^content-length: (\d+)/im.exec(this.#answer.slice(0, head));
    const isWhole = length ? this.#answer.length >= head + 4 + Number(length[1]) : this.#answer.endsWith('\r\n0\r\n\r\n');
    if (!isWhole) return;
    this.#answer = '';
    this.#resolve();
  }
}
