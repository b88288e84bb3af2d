import type { GroupPlaces } from '../cgroups/live-change.ts';
import type { CapabilitySets, ProcessRef } from '../spec.ts';
import type { ContainerConfig, ContainerState } from './records.ts';

/** What a field holds; `absent`: what it means that a record of an older nsview lacks it. */
type Field<T> = { readonly is: (value: unknown) => boolean; readonly absent?: T };
type Form<T> = { readonly [name in keyof T]-?: Field<T[name]> };

type Values = { readonly [name: string]: unknown };

const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => typeof value === 'number';
const isFlag = (value: unknown) => typeof value === 'boolean';
const orNull = (is: Field<unknown>['is']) => (value: unknown) => value === null || is(value);
const listOf = (is: Field<unknown>['is']) => (value: unknown) => Array.isArray(value) && value.every(is);
const isMapOfTexts = (value: unknown) => isValues(value) && Object.values(value).every(isText);

/** At least these fields: nothing else of it is read before its kind is looked at. */
const withFields = (fields: { readonly [name: string]: Field<unknown>['is'] }) => (value: unknown) =>
  isValues(value) && Object.entries(fields).every(([name, is]) => is(value[name]));

const isProcess = formed<ProcessRef>({ pid: { is: isNumber }, startTicks: { is: isNumber } });
const isPort = withFields({ hostPort: isNumber, containerPort: isNumber });

const configForm: Form<ContainerConfig> = {
  id: { is: isText },
  name: { is: isText },
  image: { is: orNull(isText) },
  layers: { is: listOf(isText), absent: [] },
  createdAt: { is: isText },
  labels: { is: isMapOfTexts },
  autoRemove: { is: isFlag },
  detached: { is: isFlag },
  tty: { is: isFlag },
  stdin: { is: isFlag },
  stopSignal: { is: isNumber },
  stopTimeoutSeconds: { is: isNumber },
  privileged: { is: isFlag },
  ports: { is: listOf(isPort) },
  binds: { is: listOf(withFields({ source: isText, target: isText, flags: listOf(isText) })), absent: [] },
  volumes: { is: isMapOfTexts },
  namespaces: { is: listOf(isText) },
  joins: { is: listOf(withFields({ version: isNumber, directory: isText })) },
  parents: { is: listOf(isText), absent: [] },
  groups: {
    is: formed<GroupPlaces>({ v1: { is: isMapOfTexts }, v2: { is: orNull(isText) }, unified: { is: isFlag } }),
  },
  // Each is part of what confines it: without one of them it would be entered with more rights than it has.
  process: {
    is: formed<ContainerConfig['process']>({
      argv: { is: listOf(isText) },
      env: { is: listOf(isText) },
      cwd: { is: isText },
      uid: { is: isNumber },
      gid: { is: isNumber },
      groups: { is: listOf(isNumber) },
      umask: { is: isNumber },
      capabilities: {
        is: formed<CapabilitySets>({
          bounding: { is: isNumber },
          effective: { is: isNumber },
          permitted: { is: isNumber },
        }),
      },
      noNewPrivileges: { is: isFlag },
      seccomp: { is: orNull(isText) },
      rlimits: { is: listOf(withFields({ name: isText })) },
      oomScoreAdj: { is: orNull(isNumber) },
    }),
  },
};

const stateForm: Form<ContainerState> = {
  status: { is: (value) => value === 'creating' || value === 'running' || value === 'removing' },
  bootId: { is: isText },
  creator: { is: isProcess },
  monitor: { is: orNull(isProcess) },
  init: { is: orNull(isProcess) },
  ports: { is: orNull(listOf(isPort)), absent: null },
  startedAt: { is: orNull(isText) },
};

/** The record of a container, of this nsview or an older one. Null: it is none. */
export function configOf(value: unknown): ContainerConfig | null {
  return completed(configForm, value);
}

export function stateOf(value: unknown): ContainerState | null {
  return completed(stateForm, value);
}

/** From each group that nsview made for a process to the one it came from: absolute paths. Null: it is no such record. */
export function movedOf(value: unknown): { readonly [group: string]: string } | null {
  const isPath = (text: unknown) => isText(text) && text.startsWith('/') && !text.split('/').includes('..');
  return isValues(value) && Object.entries(value).flat().every(isPath)
    ? (value as { readonly [group: string]: string })
    : null;
}

/** With what is absent filled in. */
function completed<T>(form: Form<T>, value: unknown): T | null {
  if (!isValues(value)) {
    return null;
  }
  const filled: { [name: string]: unknown } = { ...value };
  for (const [name, { is, absent }] of Object.entries<Field<unknown>>(form)) {
    const field = value[name] === undefined ? absent : value[name];
    if (!is(field)) {
      return null;
    }
    filled[name] = field;
  }
  return filled as T;
}

function formed<T>(form: Form<T>): Field<T>['is'] {
  return (value) => completed(form, value) !== null;
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
