/** The app as it is installed in the simulated workspace. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Manifest } from '../../src/simulator/types.ts'

export const manifest = parse(readFileSync('manifest.yml', 'utf8')) as Manifest
