// kamailio as a registrar: the one in Debian that challenges with SHA-256.
import { freePorts } from './free-ports.ts';
import { KamailioProcess } from './kamailio-process.ts';

export interface Registrar {
  readonly algorithm: 'MD5' | 'SHA-256';
  readonly user: string;
  readonly password: string;
  /** Longest registration that is granted. */
  readonly grantsSec: number;
  /** A nonce is stale after so long, and the client challenged anew. */
  readonly nonceSec: number;
}

/** What became of a REGISTER that was let in. */
export interface Registered {
  readonly user: string;
  readonly expires: string;
  readonly authorization: string;
  /** Whether the address has a binding now. */
  readonly bound: boolean;
}

export class Kamailio extends KamailioProcess {
  readonly port: number;

  private constructor(registrar: Registrar, port: number) {
    super({ configuration: configuration(registrar, port), sharedMiB: 16 });
    this.port = port;
  }

  static async begin(registrar: Registrar): Promise<Kamailio> {
    const kamailio = new Kamailio(registrar, await freePorts(2));
    await kamailio.start();
    return kamailio;
  }

  /** All that were let in so far, in order. */
  get registered(): Registered[] {
    const lines = [...this.output.matchAll(/accepted user=(\S*) expires=(\S*) bound=(yes|no) authorization=(.*)$/gm)];
    return lines.map(([, user = '', expires = '', bound = '', authorization = '']) => ({ user, expires, authorization, bound: bound === 'yes' }));
  }

  /** How often it has asked for credentials. */
  get challenges(): number {
    return this.output.split('challenged ').length - 1;
  }

  async waitFor(what: string, condition: (kamailio: Kamailio) => boolean, limitMs: number): Promise<void> {
    await this.until(what, () => condition(this), limitMs);
  }
}

function configuration({ algorithm, user, password, grantsSec, nonceSec }: Registrar, port: number): string {
  const accepted = 'accepted user=$au expires=$hdr(Expires)';
  return `debug=2
log_stderror=yes
fork=yes
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:${port}
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "xlog.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
modparam("registrar", "max_expires", ${grantsSec})
modparam("registrar", "min_expires", 0)
modparam("auth", "algorithm", "${algorithm === 'MD5' ? '' : algorithm}")
modparam("auth", "nonce_expire", ${nonceSec})
request_route {
  if ($rm != "REGISTER") { sl_send_reply("405", "This is a registrar"); exit; }
  if ($au != "${user}" || !pv_www_authenticate("registrar.test", "${password}", "0")) {
    xlog("L_NOTICE", "challenged $fU\\n");
    www_challenge("registrar.test", "1");
    exit;
  }
  save("location");
  if (registered("location", "$tu")) { xlog("L_NOTICE", "${accepted} bound=yes authorization=$hdr(Authorization)\\n"); }
  else { xlog("L_NOTICE", "${accepted} bound=no authorization=$hdr(Authorization)\\n"); }
}
`;
}
