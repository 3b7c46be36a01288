// Writes the TypeScript types of both interfaces from the OpenAPI documents that Rust tests keep current.
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const here = dirname(fileURLToPath(import.meta.url))
await mkdir(resolve(here, 'types'), { recursive: true })
for (const part of ['edge-agent', 'hub']) {
  const document = resolve(here, '..', part, 'openapi.json')
  if (!existsSync(document)) {
    console.error(`${document} is missing: the tests of ${part} write it (UPDATE_EXPECT=1 cargo nextest run -p ${part})`)
    process.exit(1)
  }
  const nodes = await openapiTS(pathToFileURL(document), { alphabetize: true, silent: true })
  await writeFile(resolve(here, 'types', `${part}.d.ts`), astToString(nodes))
}
