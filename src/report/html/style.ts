/** Colours first, by role: text on its ground has a contrast of 4.5 or more, lines of charts 3 or more, in both schemes. */
const LIGHT = `--ground:#fff;--raised:#f6f7f9;--text:#16191d;--quiet:#57606a;--line:#d5dae0;--grid:#e6e9ed;--link:#0b57d0;--bad:#b3261e;--warn:#8a5300;--good:#136c3a;--bad-ground:#fdeceb;--warn-ground:#fff4dd;--good-ground:#e4f5ea;
--polling:#b45309;--long-polling:#be185d;--http-streaming:#7c3aed;--sse:#0369a1;--websocket:#0f766e;--other:#4b5563`
const DARK = `--ground:#14171a;--raised:#1d2125;--text:#e7eaed;--quiet:#a3adb7;--line:#3a4149;--grid:#2a3036;--link:#8ab4f8;--bad:#ff9d94;--warn:#f3c46b;--good:#7fd6a0;--bad-ground:#43211f;--warn-ground:#3d3015;--good-ground:#173a26;
--polling:#f0a04b;--long-polling:#f472b6;--http-streaming:#b69cff;--sse:#58b7f0;--websocket:#3fd0bd;--other:#aab4bf`

const TRANSPORTS = ['polling', 'long-polling', 'http-streaming', 'sse', 'websocket', 'other']

/** The page's own style; what it is made of is inlined, so that its hash can stand in the policy. */
export const STYLE = `
:root{${LIGHT};color-scheme:light dark}
@media (prefers-color-scheme:dark){:root:not(.print){${DARK}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--text);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
main{max-width:1200px;margin:0 auto;padding:40px 24px 80px}
main>*+article{margin-top:64px;border-top:3px solid var(--text);padding-top:24px}
.kicker{margin:0;font-size:12px;letter-spacing:.09em;text-transform:uppercase;color:var(--quiet)}
h1{font-size:32px;line-height:1.2;margin:2px 0 6px;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{font-size:21px;line-height:1.3;margin:56px 0 12px;padding-top:14px;border-top:1px solid var(--line);letter-spacing:-.01em;overflow-wrap:anywhere}
h3{font-size:16px;margin:32px 0 8px;overflow-wrap:anywhere}
h4{font-size:14px;margin:14px 0 2px}figcaption h4{font-size:15px;margin:0 0 2px}
p{margin:0 0 10px;max-width:75ch}
a{color:var(--link)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:13px}
pre{background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:12px 14px;white-space:pre-wrap;overflow-wrap:anywhere}
.question{font-size:18px;margin-bottom:4px}
.quiet,.note{color:var(--quiet)}
.note{font-size:13px;margin-bottom:4px;max-width:110ch}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.at{font-weight:600;margin:20px 0 6px}
.answer{list-style:none;margin:0 0 20px;padding:0;max-width:90ch}
.answer li{margin:0 0 8px;padding-left:14px;border-left:4px solid var(--c);overflow-wrap:anywhere}
.label{overflow-wrap:anywhere}.answer .label{font-weight:600}
.unusable .label,.unusable data,.answer .unusable>b:not(.bad){text-decoration:line-through;text-decoration-thickness:1px}
.plain{margin:0 0 12px;padding-left:20px;max-width:90ch}
b.bad,b.warn,b.good,b.finding{display:inline-block;font-size:11px;font-weight:600;line-height:1.5;padding:0 6px;border-radius:3px;white-space:nowrap;vertical-align:1px}
b.bad{color:var(--bad);background:var(--bad-ground)}b.warn{color:var(--warn);background:var(--warn-ground)}b.good{color:var(--good);background:var(--good-ground)}b.finding{color:var(--text);background:var(--raised)}
.doubts{border:1px solid var(--warn);border-left-width:5px;border-radius:4px;background:var(--warn-ground);padding:12px 16px;margin:0 0 18px}
.doubts h3{margin:0 0 4px}.doubts ul{margin:0 0 6px;padding-left:18px}.doubts p{margin:0}
.scroll{overflow-x:auto;max-width:100%;margin:0 0 16px;position:relative}
table{border-collapse:collapse;font-size:13px;width:100%}
th,td{text-align:right;padding:5px 0 5px 14px;vertical-align:top;border-bottom:1px solid var(--grid);white-space:nowrap}
thead th{color:var(--quiet);font-weight:500;vertical-align:bottom;border-bottom-color:var(--line);white-space:normal;min-width:56px}
tbody th,thead tr:first-child>th:first-child{text-align:left;font-weight:500;padding-left:0;position:sticky;left:0;background:var(--ground)}thead th.text{text-align:left}
td.text{text-align:left;white-space:normal}
tbody th{white-space:normal;min-width:120px}
.side tbody .label{font-weight:600}.side thead th{overflow-wrap:anywhere;min-width:84px}.main tbody th{box-shadow:inset 4px 0 var(--c);padding-left:14px}
.wide{width:34%;min-width:110px}
svg.bar{display:block;width:100%;height:14px;margin-top:3px}
.fill{fill:var(--c)}.shade-1{opacity:.6}.shade-2{opacity:.32}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:28px 32px;margin:12px 0 24px}
.charts>*{min-width:0}
.tables{display:grid;gap:14px}.tables>*{min-width:0}.pair{grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:14px 32px}
figure{margin:0}
figcaption p{font-size:13px;color:var(--quiet);margin:0 0 6px}
.key{list-style:none;display:flex;flex-wrap:wrap;gap:2px 16px;margin:0 0 8px;padding:0;font-size:13px}
.key li{display:flex;align-items:center;gap:6px;min-width:0;max-width:100%}.key span{min-width:0;overflow-wrap:anywhere}.key svg{flex:none}
.key output{color:var(--quiet);min-width:0}
.key output:not(:empty){min-width:62px}
.stroke{stroke:var(--c);stroke-width:2.5}.dash-1{stroke-dasharray:7 4}.dash-2{stroke-dasharray:3 3}.dash-3{stroke-dasharray:9 3 2 3}.dash-invalid{stroke-dasharray:1.5 4}
.axis-y,.axis-x{font-size:12px;color:var(--quiet)}
.axis-x{display:flex;justify-content:space-between;gap:12px}
.axis-x output{color:var(--text);font-weight:600}
.plot{height:260px;width:100%;overflow:hidden}
.plot:focus-visible,.scroll:focus-visible,summary:focus-visible,a:focus-visible,pre:focus-visible{outline:2px solid var(--link);outline-offset:2px}
details{font-size:13px;margin-top:6px}
summary{cursor:pointer;color:var(--quiet)}
dl.facts{display:grid;grid-template-columns:minmax(90px,140px) 1fr;gap:6px 18px;margin:0 0 14px}
dt{font-weight:500}dl.facts dt{color:var(--quiet);font-weight:400}dd{margin:0;overflow-wrap:anywhere;min-width:0}
.verdict dl{margin:0 0 14px}.verdict dt{margin-top:8px}.verdict h3{border-left:4px solid var(--c);padding-left:10px}
.verdict dd{padding-left:14px}
${TRANSPORTS.map((name) => `.t-${name}{--c:var(--${name})}`).join('')}
@media (max-width:600px){main{padding:24px 16px 48px}h1{font-size:26px}h2{margin-top:40px}.plot{height:220px}dl.facts{grid-template-columns:1fr;gap:0}dl.facts dd{margin-bottom:10px}tbody th{min-width:88px}.wide{min-width:80px}th,td{padding-left:10px}.side td,.side td.text{white-space:normal}.side td .quiet{display:block}.side th,.side td{padding-left:6px}.side td.text{max-width:148px}}
.print main{max-width:680px}.print .charts{grid-template-columns:1fr 1fr;gap:18px 24px}.print .plot{height:190px}
@media print{tbody th,thead tr:first-child>th:first-child{position:static}.main tbody th{box-shadow:none;border-left:4px solid var(--c);padding-left:8px}b.bad,b.warn,b.good,b.finding,code,pre{font-size:inherit}b.bad,b.warn,b.good,b.finding{padding:0}h4,figcaption h4{font-size:12px}main{max-width:none;padding:0}body{font-size:11px}h1{font-size:22px}h2{font-size:16px;margin:24px 0 8px;padding-top:8px}h3{font-size:13px;margin:16px 0 6px}h2,h3,h4,thead,.at{break-after:avoid}figure,tr,.verdict,.doubts,.answer li,dl.facts>*{break-inside:avoid}
.scroll{overflow:visible}details:not([open]){display:none}table{font-size:9px}th,td{padding:3px 0 3px 8px;white-space:normal}thead th,tbody th{min-width:0}.main tbody th,tbody th{min-width:72px}figcaption p,.key,.note{font-size:10px}.axis-y,.axis-x{font-size:9px}.u-wrap,.uplot,.plot canvas{max-width:100%}pre{white-space:pre-wrap}main>*+article{break-before:page;margin-top:0}}
`
