// Decodes one record per line of standard input (base64) with a stock deserializer and prints it as JSON.
import { createInterface } from 'node:readline'
import registry from '@kafkajs/confluent-schema-registry'

const client = new registry.SchemaRegistry({ host: process.argv[2] })
for await (const line of createInterface({ input: process.stdin })) {
  const value = await client.decode(Buffer.from(line, 'base64'))
  console.log(JSON.stringify(value, (_, field) => (typeof field === 'bigint' ? String(field) : field)))
}
