import { expect, test } from 'vitest'
import { metricsIn } from './promql.ts'

test.each([
  ['up', ['up']],
  ['sum(rate(http_requests_total{code=~"5.."}[5m])) by (service)', ['http_requests_total']],
  ['sum by (le, job) (rate(a_bucket[5m])) / on (job) group_left (team) b_total', ['a_bucket', 'b_total']],
  ['histogram_quantile(0.99, rate(x_bucket{path="/a(b)"}[5m:1m] offset 1h)) > bool 3e2', ['x_bucket']],
  ['topk(5, job:errors:rate5m) unless on() vector(1) # not_this_one', ['job:errors:rate5m']],
  ['{__name__="hidden"} == Inf', []],
  ['max_over_time(up{a="{{ labels.x }}"}[1d]) @ end()', ['up']],
])('%s asks for %j', (query, metrics) => {
  expect(metricsIn(query)).toEqual(metrics)
})
