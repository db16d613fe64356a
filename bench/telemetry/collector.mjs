// Takes what is sent by OTLP over HTTP, and counts it: GET / tells how many requests of each kind came.
import { createServer } from 'node:http';

const counts = {};

createServer((request, response) => {
  if (request.method === 'GET') {
    response.end(JSON.stringify(counts));
    return;
  }
  counts[request.url] = (counts[request.url] ?? 0) + 1;
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
}).listen(Number(process.argv[2]), '127.0.0.1');
