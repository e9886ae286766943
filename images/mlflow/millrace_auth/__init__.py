"""The tracking server's own sign-in and rights, as an app of MLflow: docs/decisions/tracking-rights.md.

`app` joins the parts. `tokens` says who calls, `routes` what each route needs, and `objects` whose the named objects are.
`guard` and `native` refuse what the table of rights does not allow.
"""
