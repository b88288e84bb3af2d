import { z } from 'zod';
import { diffSchema, layersPathSchema } from '../../model/document/branch-paths.ts';
import { cgroupSchema } from '../../model/document/cgroup.ts';
import { containerSchema } from '../../model/document/container.ts';
import { bytes, count, figure, limit } from '../../model/document/figure.ts';
import { layersSchema } from '../../model/document/layers.ts';
import {
  cgroupOutputSchema,
  doctorSchema,
  inspectSchema,
  layersOutputSchema,
  nsSchema,
  psSchema,
  statsSchema,
  topSchema,
} from '../../model/document/outputs.ts';
import { problemSchema } from '../../model/document/problem.ts';
import { containerProcessSchema } from '../../model/document/process.ts';
import { procfsOutputSchema, procfsSchema } from '../../model/document/procfs.ts';

/** The output of each command, by its name. */
const OUTPUTS = {
  ps: psSchema,
  inspect: inspectSchema,
  ns: nsSchema,
  cgroup: cgroupOutputSchema,
  layers: layersOutputSchema,
  layersPath: layersPathSchema,
  diff: diffSchema,
  procfs: procfsOutputSchema,
  top: topSchema,
  stats: statsSchema,
  doctor: doctorSchema,
};

/** Parts that several outputs share, by the name that `$ref` gives them. */
const PARTS = {
  Container: containerSchema,
  Cgroup: cgroupSchema,
  Layers: layersSchema,
  Procfs: procfsSchema,
  Process: containerProcessSchema,
  Problem: problemSchema,
  Figure: figure,
  Count: count,
  Bytes: bytes,
  Limit: limit,
};

/**
 * JSON Schema 2020-12 of every output in one document: `$defs` has one entry per command and one per shared part. Fields
 * that a later nsview/1 adds are allowed for.
 */
export function schemaDocument(): object {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries({ ...OUTPUTS, ...PARTS })) {
    registry.add(schema, { id });
  }
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/$defs/${id}` });
  const definitions = Object.entries(schemas).map(([id, { $schema: _schema, $id: _id, ...rest }]) => [id, rest]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Outputs of nsview --json',
    anyOf: Object.keys(OUTPUTS).map((name) => ({ $ref: `#/$defs/${name}` })),
    $defs: Object.fromEntries(definitions),
  };
}
