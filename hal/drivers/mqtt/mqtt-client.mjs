// The package's client without what the package puts around it (WebSockets, proxies, a program): a quarter of a megabyte less in
// the bundle. In a module of its own, because the package's declarations need those of browsers; ours are in mqtt-client.d.mts.
import client from 'mqtt/lib/client';

export const MqttClient = client.default;
