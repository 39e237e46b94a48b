// Kamailio as a small PBX: registrar, digest, telephones that call each other, calls to the unit as a PBX diverts them, and lamps that it is told.
import { KamailioProcess } from './kamailio-process.ts';

export interface PbxChoices {
  /** Of its own. */
  readonly address: string;
  readonly port: number;
  readonly transport?: 'udp' | 'tcp';
  /** The network namespace that it runs in. */
  readonly namespace?: string;
  /** REGISTER needs this password, by SHA-256 digest (RFC 8760); absent = anybody may. */
  readonly password?: string;
  /** Further numbers that are dialled for the unit itself, as a pattern: '^8'. Those that begin with * always are. */
  readonly own?: string;
}

/** The user that the unit registers. */
export const unitUser = '900';
const realm = 'kamailio.test';

/** It knows no registrations when it starts. */
export class KamailioPbx extends KamailioProcess {
  readonly address: string;
  readonly port: number;
  /** Of earlier runs of it. */
  #lamps: readonly string[] = [];

  constructor(choices: PbxChoices) {
    super({ configuration: configuration(choices), namespace: choices.namespace });
    this.address = choices.address;
    this.port = choices.port;
  }

  override async start(): Promise<void> {
    this.#lamps = this.lamps;
    await super.start();
  }

  /** Where callers were sent by REFERs that passed through it. */
  get refers(): readonly string[] {
    return [...this.output.matchAll(/refer-passed <?sip:([^@>]*)@/g)].map(([, number = '']) => number);
  }

  /** Numbers that it has called at a telephone, in order. */
  get rung(): readonly string[] {
    return [...this.output.matchAll(/telephone-called (\S+)/g)].map(([, number = '']) => number);
  }

  /** What it was told of lamps, in order, over all its runs: `201 on`. */
  get lamps(): readonly string[] {
    return [...this.#lamps, ...lampsIn(this.output)];
  }
}

const lampsIn = (output: string): string[] => [...output.matchAll(/lamp-told (\S+) (on|off)/g)].map(([, mailbox, state]) => `${mailbox} ${state}`);

function configuration({ address, port, transport = 'udp', password, own }: PbxChoices): string {
  const forUnit = own === undefined ? '^\\*' : `^\\*|${own}`;
  const authentication = `
    if (!pv_www_authenticate("${realm}", "${password}", "0")) {
      www_challenge("${realm}", "0");
      exit;
    }`;
  return `#!KAMAILIO
debug=2
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
listen=${transport}:${address}:${port}
${transport === 'udp' ? 'disable_tcp=yes' : ''}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "xlog.so"
modparam("usrloc", "db_mode", 0)
modparam("auth", "algorithm", "SHA-256")

request_route {
  if (is_method("OPTIONS")) {
    sl_send_reply("200", "OK");
    exit;
  }
  if (is_method("REGISTER")) {${password === undefined ? '' : authentication}
    save("location");
    exit;
  }
  if (has_totag()) {
    if (is_method("REFER")) {
      xlog("L_ALERT", "refer-passed $hdr(Refer-To)\\n");
    }
    loose_route();
    t_relay();
    exit;
  }
  if (is_method("CANCEL")) {
    if (t_check_trans()) t_relay();
    exit;
  }
  if (is_method("NOTIFY")) {
    if (search_body("Messages-Waiting: yes")) {
      xlog("L_ALERT", "lamp-told $rU on\\n");
    } else {
      xlog("L_ALERT", "lamp-told $rU off\\n");
    }
    sl_send_reply("200", "OK");
    exit;
  }
  if (!is_method("INVITE")) {
    sl_send_reply("405", "Method Not Allowed");
    exit;
  }
  record_route();
  $var(dialled) = $rU;
  # A telephone that has registered.
  if (!($rU =~ "${forUnit}") && $rU != "${unitUser}" && lookup("location")) {
    xlog("L_ALERT", "telephone-called $tU\\n");
    t_relay();
    exit;
  }
  if (!($rU =~ "${forUnit}")) {
    append_hf("Diversion: <sip:$rU@${address}>;reason=no-answer;counter=1\\r\\n");
  }
  $rU = "${unitUser}";
  if (!lookup("location")) {
    sl_send_reply("404", "Not Found");
    exit;
  }
  # A number like *17 is dialled for the unit itself.
  if ($var(dialled) =~ "${forUnit}") {
    $rU = $var(dialled);
  }
  t_relay();
}
`;
}
