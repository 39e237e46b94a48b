import type { BrokerConnection, BrokerNet, BrokerPlace, BrokerSession } from '../../broker.ts';
import { payloadLimitBytes, publishesAtATime } from '../../broker.ts';
import { HalError } from '../../errors.ts';
import { brokerError } from './broker-error.ts';
import { givenUp, openSocket } from './broker-socket.ts';
import { MqttConnection } from './mqtt-connection.ts';

/**
 * Brokers by the package `mqtt`, of which only the client is used: sockets are made here, and who reconnects when is decided above. MQTT 5,
 * because it lets a client state the largest packet it takes, and a broker say why it refuses.
 */
export class MqttBrokerNet implements BrokerNet {
  async connect(to: BrokerPlace, session: BrokerSession, timeoutMs: number, signal?: AbortSignal): Promise<BrokerConnection> {
    const place = `${to.host}:${to.port}`;
    const deadline = performance.now() + timeoutMs;
    // At the first need: a unit without an estate does not carry it in its memory, nor does the media thread.
    const { MqttClient } = await import('./mqtt-client.mjs');
    const socket = await openSocket(to, timeoutMs, signal);
    const client = new MqttClient(() => socket, { ...options(to, session), connectTimeout: Math.max(1, deadline - performance.now()) });
    return new Promise((resolve, reject) => {
      let why: unknown = new HalError('connection-lost', place, 'the broker closed the connection without an answer');
      client.on('error', (cause) => (why = cause));
      const giveUp = (): void => {
        why = givenUp(place);
        socket.destroy();
      };
      signal?.addEventListener('abort', giveUp);
      const refused = (): void => {
        signal?.removeEventListener('abort', giveUp);
        socket.destroy();
        reject(brokerError(place, why));
      };
      client.once('close', refused);
      client.once('connect', () => {
        client.removeListener('close', refused);
        signal?.removeEventListener('abort', giveUp);
        resolve(new MqttConnection(client, socket, place));
      });
    });
  }
}

function options(to: BrokerPlace, { clientId, keepAliveSec, lastWill }: BrokerSession) {
  const will = lastWill === null ? undefined : { topic: lastWill.topic, payload: Buffer.from(lastWill.payload), qos: 1 as const, retain: lastWill.retain };
  return {
    protocolVersion: 5 as const,
    clientId,
    clean: true,
    keepalive: keepAliveSec,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    log: () => {},
    // A fixed head and a topic of 64 KiB may come with a payload.
    properties: { maximumPacketSize: payloadLimitBytes + 1024, receiveMaximum: publishesAtATime, sessionExpiryInterval: 0 },
    ...(will === undefined ? {} : { will }),
    ...(to.login === null ? {} : { username: to.login.user, password: to.login.password }),
  };
}
