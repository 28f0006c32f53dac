import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that can be cut: open connections break, and new ones are refused. */
export class TcpProxy {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  /** @param target - host and port */
  constructor(private readonly target: string) {}

  /** Lets connections through, on the same port as before. */
  async open(): Promise<string> {
    const { hostname, port } = new URL(`tcp://${this.target}`);
    const server = createServer((socket) => {
      const onward = connect(Number(port), hostname);
      this.#keep(socket, onward);
      this.#keep(onward, socket);
      socket.pipe(onward).pipe(socket);
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    return `127.0.0.1:${this.#port}`;
  }

  cut(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #keep(socket: Socket, other: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => other.destroy());
    socket.once('close', () => {
      this.#sockets.delete(socket);
      other.destroy();
    });
  }
}
