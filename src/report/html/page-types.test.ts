/// <reference path="../browser/globals.d.ts" />
import { expectTypeOf, test } from 'vitest'
import type * as model from '../../model/live.js'

/** What runs in a page is compiled by itself, and has the dashboard's nouns a second time: what the server says must be what the page reads. `npm run types` is what fails. */
test('the page reads what the dashboard says', () => {
  expectTypeOf<model.LiveView>().toExtend<LiveView>()
  expectTypeOf<model.LiveEnd>().toExtend<LiveEnd>()
})
