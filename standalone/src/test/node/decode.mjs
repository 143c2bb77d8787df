// Decodes one record per line of standard input (base64) with a stock deserializer and prints it as JSON.
import { createInterface } from 'node:readline'
import avro from 'avsc'
import confluent from '@kafkajs/confluent-schema-registry'

// JavaScript's numbers end at 2^53 and nanoseconds since 1970 do not: avsc wants to be told what to do with them.
const long = avro.types.LongType.__with({
  fromBuffer: (bytes) => bytes.readBigInt64LE(),
  toBuffer: (value) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(value)
    return bytes
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value) => typeof value === 'bigint',
  compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
})
const registry = new confluent.SchemaRegistry(
  { host: process.argv[2] },
  { [confluent.SchemaType.AVRO]: { registry: { long } } },
)

for await (const line of createInterface({ input: process.stdin })) {
  const value = await registry.decode(Buffer.from(line, 'base64'))
  console.log(JSON.stringify(value, (_, field) => (typeof field === 'bigint' ? String(field) : field)))
}
