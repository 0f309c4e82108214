/**
 * How the page looks. It travels inside the page, and the page's own content security policy names its hash: nothing else
 * may style it, and no script runs at all. Choices that would count for nothing are not shown. Colours keep 4.5 : 1 for text and 3 : 1 for shapes, in the light and in the dark.
 */
import { createHash } from 'node:crypto'

export const style = `
:root{color-scheme:light dark;--bg:#fff;--card:#f6f8fa;--text:#1b1f24;--soft:#57606a;--line:#d0d7de;--link:#0550ae;
--operational:#1a7f37;--maintenance:#0969da;--degraded:#9a6700;--partial:#bc4c00;--major:#cf222e;--unknown:#7d8590}
@media(prefers-color-scheme:dark){:root{--bg:#0d1117;--card:#161b22;--text:#e6edf3;--soft:#9ea7b3;--line:#30363d;--link:#79c0ff;
--operational:#3fb950;--maintenance:#58a6ff;--degraded:#d29922;--partial:#f0883e;--major:#f85149;--unknown:#6e7681}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:46rem;margin:0 auto;padding:1rem}main{padding-top:0}.now{margin:0}
h1{font-size:1.4rem;margin:0}h2{font-size:1.15rem;margin:1.5rem 0 .5rem}h3{font-size:1rem;margin:1rem 0 .25rem}.card h3{margin:0}
a{color:var(--link)}p{margin:.35rem 0}ul{list-style:none;margin:0;padding:0}
nav a{display:inline-block;margin:.25rem 1rem .25rem 0;padding:.25rem 0}
.now{border:1px solid var(--line);border-left:.5rem solid var(--unknown);border-radius:.4rem;background:var(--card);padding:1rem;font-size:1.2rem;font-weight:600}
.stale{border:2px solid var(--partial);border-radius:.4rem;padding:.75rem 1rem}
.card{border:1px solid var(--line);border-radius:.4rem;background:var(--card);padding:.75rem 1rem;margin:.75rem 0}
.row{display:flex;justify-content:space-between;gap:1rem;flex-wrap:wrap}
.name{font-weight:600}.soft{color:var(--soft);font-size:.875rem}
.mark::before{content:"";display:inline-block;width:.7em;height:.7em;margin-right:.4em;border-radius:50%;background:var(--unknown)}
.operational::before{background:var(--operational)}.maintenance::before{background:var(--maintenance);border-radius:0}
.degraded::before{background:var(--degraded);border-radius:0;transform:rotate(45deg)}
.partial::before{background:var(--partial);border-radius:0;transform:rotate(45deg)}.major::before{background:var(--major);border-radius:0}
.now.operational{border-left-color:var(--operational)}.now.maintenance{border-left-color:var(--maintenance)}
.now.degraded{border-left-color:var(--degraded)}.now.partial{border-left-color:var(--partial)}.now.major{border-left-color:var(--major)}
.bars{stroke-width:28;stroke-dasharray:3 1;display:block;width:100%;height:2rem;margin:.25rem 0}
path.operational{stroke-width:22;stroke:var(--operational)}path.maintenance{stroke:var(--maintenance)}path.degraded{stroke:var(--degraded)}
path.partial{stroke:var(--partial)}path.major{stroke:var(--major)}path.unknown{stroke-width:12;stroke:var(--unknown)}
.update{border-left:2px solid var(--line);padding-left:.75rem;margin:.75rem 0}
details{font-size:.875rem}summary{cursor:pointer;padding:.25rem 0}
footer{border-top:1px solid var(--line);margin-top:2rem;color:var(--soft);font-size:.875rem}
fieldset:has([value=all]:checked) .choices{display:none}label{display:block;padding:.3rem 0}fieldset{border:1px solid var(--line);border-radius:.4rem;margin:1rem 0}
input[type=email]{font:inherit;width:100%;padding:.6rem;border:1px solid var(--soft);border-radius:.4rem;background:var(--bg);color:var(--text)}
input[type=checkbox]{width:1.2rem;height:1.2rem;vertical-align:-.2rem;margin-right:.5rem}
button{font:inherit;font-weight:600;padding:.7rem 1.4rem;border:0;border-radius:.4rem;background:var(--link);color:var(--bg);cursor:pointer}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
@media print{:root{color-scheme:light}nav,form{display:none}.card,.now{break-inside:avoid;background:none}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`

const hash = createHash('sha256').update(style).digest('base64')

export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${hash}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')
