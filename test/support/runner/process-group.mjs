// A test file runs as the leader of a process group of its own, and only such groups are ever killed.
import { readdirSync, readFileSync } from 'node:fs';

const groups = new Set();

export function rememberGroup(leader) {
  groups.add(leader);
}

/** The group has ended by itself; its number may soon belong to someone else. */
export function forgetGroup(leader) {
  groups.delete(leader);
}

export function killGroup(leader) {
  groups.delete(leader);
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

export function killAllGroups() {
  for (const leader of [...groups]) killGroup(leader);
}

/** Names of the live processes of a group (a zombie that nobody reaps is not one). */
export function liveMembers(leader) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(statOf)
    .filter((stat) => stat !== undefined && stat.group === leader && !['Z', 'X'].includes(stat.state))
    .map((stat) => stat.name);
}

/** proc(5) stat: pid (name) state ppid pgrp ... ; the name may itself contain brackets and blanks. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const end = text.lastIndexOf(')');
    const [state, , group] = text.slice(end + 2).split(' ');
    return { name: text.slice(text.indexOf('(') + 1, end), state, group: Number(group) };
  } catch {
    return undefined;
  }
}
