"""Icons as SVG paths on a 16 × 16 grid, drawn with a 1.5 stroke; one table, so that a shape means one thing."""
# ruff: noqa: E501 (a path is not prose)

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

CIRCLE = '<circle cx="8" cy="8" r="6.25"/>'
ICONS = {
    "pass": f'{CIRCLE}<path d="m5.2 8.2 2 2 3.6-4.2"/>',
    "fail": '<path d="M5.4 1.75h5.2l3.65 3.65v5.2l-3.65 3.65H5.4L1.75 10.6V5.4z"/><path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4"/>',
    "unknown": '<path d="M8 1.6 14.4 8 8 14.4 1.6 8z"/><path d="M6.6 6.6a1.45 1.45 0 1 1 2 1.3c-.4.2-.6.5-.6.9m0 1.7v.1"/>',
    "some": f'{CIRCLE}<path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor"/>',
    "unstated": '<circle cx="8" cy="8" r="6.25" stroke-dasharray="2.4 2"/><path d="M5.5 8h5"/>',
    "waived": '<path d="M8 1.6 13.5 4v3.8c0 3.2-2.4 5.6-5.5 6.6-3.1-1-5.5-3.4-5.5-6.6V4z"/><path d="M5.4 8.6c.9-1.1 1.7-1.1 2.6-.3s1.7.8 2.6-.3"/>',
    "busy": '<path d="M8 1.75a6.25 6.25 0 1 1-6.25 6.25"/>',
    "waiting": f'{CIRCLE}<path d="M8 4.5V8l2.2 1.6"/>',
    "halted": f'{CIRCLE}<path d="m3.8 12.2 8.4-8.4"/>',
    "home": '<path d="M2.5 7 8 2.5 13.5 7v6.25h-4v-4h-3v4h-4z"/>',
    "corpora": '<ellipse cx="8" cy="3.9" rx="5.5" ry="2.15"/><path d="M2.5 3.9v8.2c0 1.2 2.46 2.15 5.5 2.15s5.5-.96 5.5-2.15V3.9M2.5 8c0 1.2 2.46 2.15 5.5 2.15S13.5 9.2 13.5 8"/>',
    "runs": '<path d="M1.75 8h2.75l2-5 3 10 2-5h2.75"/>',
    "policy": '<path d="M8 1.75v12.5M4 14.25h8M3 4.25h10M3 4.25 1.25 9h3.5zm10 0L11.25 9h3.5z"/>',
    "report": '<path d="M3.25 1.75h6.5l3 3v9.5h-9.5zM5.75 11.5v-2m2.25 2v-4m2.25 4v-3"/>',
    "terms": '<path d="M3.25 1.75h9.5v12.5h-9.5zM5.5 5h5m-5 2.75h5m-5 2.75h3"/>',
    "people": '<circle cx="6" cy="5" r="2.5"/><path d="M1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.5 2.8a2.5 2.5 0 0 1 0 4.4m1.25 2.6c1.7.5 2.75 1.8 2.75 3.7"/>',
    "key": '<circle cx="5" cy="11" r="2.75"/><path d="m7 9 6-6m-2 2 2 2m-4 0 1.5 1.5"/>',
    "search": '<circle cx="7" cy="7" r="4.75"/><path d="m10.5 10.5 3.75 3.75"/>',
    "out": '<path d="M6.25 2.5h-3.5v11h3.5M6.5 8h7.5m-2.75-2.75L14 8l-2.75 2.75"/>',
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "down": '<path d="M8 2.5v8m-3.25-3L8 10.75l3.25-3.25M2.75 13.5h10.5"/>',
    "next": '<path d="M3 8h10m-4-4 4 4-4 4"/>',
    "back": '<path d="M13 8H3m4-4L3 8l4 4"/>',
    "up": '<path d="M8 13V3M4.5 6.5 8 3l3.5 3.5"/>',
    "drop": '<path d="M8 3v10m-3.5-3.5L8 13l3.5-3.5"/>',
    "again": '<path d="M13.5 8a5.5 5.5 0 1 1-1.7-4m1.95-1.5v2.75H11"/>',
    "cross": '<path d="m4 4 8 8m0-8-8 8"/>',
    "clock": f'{CIRCLE}<path d="M8 4.5V8l2.2 1.6"/>',
    "info": f'{CIRCLE}<path d="M8 7.25v3.5m0-5.75v.1"/>',
    "shift": '<path d="M2 5.5h11.5m-3-3 3 3-3 3M14 10.5H2.5m3-3-3 3 3 3"/>',
    "eye": '<path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="2"/>',
    "bell": '<path d="M4 7a4 4 0 0 1 8 0c0 3.2 1.5 4.5 1.5 4.5h-11S4 10.2 4 7m2.5 7h3"/>',
    "lineage": '<circle cx="3.5" cy="4" r="1.75"/><circle cx="3.5" cy="12" r="1.75"/><circle cx="12.5" cy="8" r="1.75"/><path d="M5.25 4C8.5 4 8 8 10.75 8M5.25 12C8.5 12 8 8 10.75 8"/>',
    "fit": '<path d="M2 5.5V2h3.5m5 0H14v3.5m0 5V14h-3.5m-5 0H2v-3.5"/>',
    "minus": '<path d="M3 8h10"/>',
    "link": '<path d="M6.5 9.5 13 3m-4 0h4v4m-2 2v4.25H2.75V5H7"/>',
    "keyboard": '<rect x="1.75" y="4" width="12.5" height="8.5" rx="1.5"/><path d="M4.5 6.75h.1m2.3 0h.1m2.3 0h.1m2.3 0h.1M5 10h6"/>',
}  # fmt: skip
MARK = (
    '<rect width="32" height="32" rx="8" fill="currentColor"/>'
    '<path class="mark-line" d="M22.4 10.2A8.6 8.6 0 1 0 22.4 21.8M17 16h9"/>'
)


def icon(name: str, size: int = 16, spin: bool = False) -> SafeString:
    """A decorative icon: hidden from readers of the page's words, because the word stands beside it."""
    return format_html(
        '<svg{} width="{}" height="{}" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(' class="spin"') if spin else "", size, size, mark_safe(ICONS[name]),  # noqa: S308 (our own table)
    )  # fmt: skip
